# SPDX-License-Identifier: Apache-2.0
"""Application credentials of users who are gone leave nothing behind in Keystone's database."""

from __future__ import annotations

import secrets

import pytest
from openstack.connection import Connection
from tests.cloud.connecting import AS_IT_COMES, connect, identity

from stackloom.local.access import Access

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]


def test_a_new_one_does_not_meet_what_an_old_one_has_left(
    local_cloud: Access, admin: Connection
) -> None:
    """Its number is that of the one before, whose roles are gone with their user."""
    keystone = identity(admin)
    project = keystone.find_project("demo", ignore_missing=False)
    role = keystone.find_role("member", ignore_missing=False)
    for _ in range(2):
        name, password = f"passing-{secrets.token_hex(4)}", secrets.token_hex(8)
        user = keystone.create_user(name=name, password=password)
        try:
            keystone.assign_project_role_to_user(project.id, user.id, role.id)
            login = dict(local_cloud.cloud_config()["auth"], username=name, password=password)  # type: ignore[call-overload] # a mapping, by the word "auth"
            with connect(local_cloud, auth=login) as connection:
                made = identity(connection).create_application_credential(user.id, name="one")
            assert made.name == "one"
        finally:
            keystone.delete_user(user.id)
