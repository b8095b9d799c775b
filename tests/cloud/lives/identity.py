# SPDX-License-Identifier: Apache-2.0
"""The lives of Keystone's kinds, and the ground that they stand on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from openstack.resource import Resource
from tests.cloud.life import Ground, Life

from stackloom.cli.kind_at_hand import load_kind
from stackloom.cloud import verbs
from stackloom.cloud.cloud import Cloud
from stackloom.testing.cloud import OpenStackCloud


@contextmanager
def ground(openstack_cloud: OpenStackCloud) -> Iterator[Ground]:
    """Look up who and what is there; nothing is made."""

    async def look(cloud: Cloud) -> dict[str, str]:
        found = {"own": (await cloud.token()).user_id}
        for word, module, name in (
            ("demo", "identity.user", "demo"),
            ("project", "identity.project", "admin"),
            ("service", "identity.service", "neutron"),
            ("reader", "identity.role", "reader"),
        ):
            found[word] = (await verbs.find(cloud, load_kind(module), name)).id
        return found

    yield Ground(ids=openstack_cloud.admin.run(look))


_NAMED: tuple[tuple[str, Mapping[str, Any], str, str, Mapping[str, Any]], ...] = (
    (
        "project",
        {"name": "ik-a", "tags": ["x"], "properties": {"colour": "red"}},
        "--tag a --tag b --property colour=red --property size=small",
        "--disable --remove-tag a --tag c --property colour=blue --no-immutable",
        {
            "enabled": False,
            "tags": ["b", "c"],
            "options": {"immutable": False},
            "properties": {"colour": "blue", "size": "small"},
        },
    ),
    (
        "user",
        {"name": "ik-a", "password": "pass-word-1"},
        "--password pass-word-1 --email a@x",
        "--email b@x --disable",
        {"email": "b@x", "enabled": False},
    ),
    ("group", {"name": "ik-a"}, "", "", {}),
    ("role", {"name": "ik-a"}, "", "", {}),
)
"""Noun, body, words for ``create`` and ``set`` beside the description, and what they bring."""


def _getter(noun: str) -> Callable[[Any, Mapping[str, str], str], Resource]:
    """Return how openstacksdk gets one."""

    def get(sdk: Any, _ids: Mapping[str, str], key: str) -> Resource:
        one: Resource = getattr(sdk, f"get_{noun}")(key)
        return one

    return get


LIVES = (
    *(
        Life(
            module=f"identity.{noun}",
            noun=noun,
            user="admin",
            new=new,
            change={"description": "words", "name": "ik-b"},
            create=f"ik-a --description one {create}",
            set=f"--description two --name ik-b {change}",
            told={"name": "ik-b", "description": "two", **told},
            theirs=_getter(noun),
        )
        for noun, new, create, change, told in _NAMED
    ),
    Life(
        module="identity.domain",
        noun="domain",
        user="admin",
        new={"name": "ik-a", "enabled": False},
        change={"description": "words"},
        create="ik-a --description one",
        # Only one that is disabled can be deleted.
        set="--description two --disable",
        told={"description": "two", "enabled": False},
        theirs=lambda sdk, _ids, key: sdk.get_domain(key),
    ),
    Life(
        module="identity.region",
        noun="region",
        user="admin",
        new={"id": "ik-a", "description": "one"},
        change={"description": "words", "parent_region_id": "RegionOne"},
        create="ik-a --description one",
        set="--description two --parent-region RegionOne",
        told={"description": "two", "parent_region_id": "RegionOne"},
        theirs=lambda sdk, _ids, key: sdk.get_region(key),
        id_title="Region",
    ),
    Life(
        module="identity.service",
        noun="service",
        user="admin",
        new={"type": "ik-type", "name": "ik-a"},
        change={"description": "words", "enabled": False},
        create="ik-type --name ik-a",
        set="--name ik-b --description words --disable",
        told={"name": "ik-b", "type": "ik-type", "description": "words", "enabled": False},
        theirs=lambda sdk, _ids, key: sdk.get_service(key),
    ),
    Life(
        module="identity.endpoint",
        noun="endpoint",
        user="admin",
        new={"service_id": "{service}", "interface": "public", "url": "http://one/"},
        change={"url": "http://two/", "enabled": False},
        create="network public http://one/ --region RegionOne",
        set="--url http://two/ --interface internal --disable",
        told={"url": "http://two/", "interface": "internal", "service_name": "neutron"},
        theirs=lambda sdk, _ids, key: sdk.get_endpoint(key),
        # It tells of the service by name and type, as the openstack client does.
        row=False,
    ),
    Life(
        module="identity.credential",
        noun="credential",
        user="admin",
        new={"user_id": "{demo}", "type": "totp", "blob": "seed-1"},
        change={"blob": "seed-2"},
        create="demo seed-1 --type totp",
        set="--data seed-2",
        told={"blob": "seed-2", "project_id": None, "user_id": "{demo}"},
        theirs=lambda sdk, _ids, key: sdk.get_credential(key),
    ),
    Life(
        module="identity.application_credential",
        noun="application credential",
        user="admin",
        new={"name": "ik-a", "roles": [{"name": "reader"}]},
        change={},
        create="ik-a --role reader --description words --secret swordfish --unrestricted"
        " --expiration 2099-01-01T00:00:00",
        set="",
        told={"description": "words", "unrestricted": True, "project_id": "{project}"},
        theirs=lambda sdk, ids, key: sdk.get_application_credential(ids["own"], key),
        secrets=("secret",),
    ),
    Life(
        module="identity.trust",
        noun="trust",
        user="admin",
        new={
            "trustor_user_id": "{own}",
            "trustee_user_id": "{demo}",
            "project_id": "{project}",
            "roles": [{"id": "{reader}"}],
        },
        change={},
        create="admin demo --project admin --role reader --impersonate",
        set="",
        told={"trustee_user_id": "{demo}", "impersonation": True},
        theirs=lambda sdk, _ids, key: sdk.get_trust(key),
    ),
)
