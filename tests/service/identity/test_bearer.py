# SPDX-License-Identifier: Apache-2.0
"""Without Keystone one bearer is known, and whoever has it is the one caller."""

from __future__ import annotations

import asyncio

import pytest
from tests.fakes.cloud import config

from stackloom.log import Secret
from stackloom.service.identity.bearer import BearerIdentities
from stackloom.service.identity.caller import Caller
from stackloom.service.refusal import Refused


def _caller(token: str) -> Caller:
    identities = BearerIdentities(Secret("open-sesame"), config())
    return asyncio.run(
        identities.caller(Secret(token), request_id="req-1", global_request_id="req-2")
    )


def test_the_bearer_is_the_one_caller() -> None:
    """Of a project of our own; names say as whom requests go out, with the service's settings."""
    assert _caller("open-sesame") == Caller(
        user_id="local",
        user_name="alice",
        project_id="local",
        project_name="demo",
        roles=frozenset({"member", "reader"}),
        methods=("bearer",),
        request_id="req-1",
        global_request_id="req-2",
    )


@pytest.mark.parametrize("token", ["", "open-sesam", "open-sesame ", "öffne dich"])
def test_everything_else_is_refused(token: str) -> None:
    """As 401, with the way to show it."""
    with pytest.raises(Refused) as caught:
        _caller(token)
    refused = caught.value
    assert (refused.code, refused.headers) == ("token.refused", {"WWW-Authenticate": "Bearer"})
