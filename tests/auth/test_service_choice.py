# SPDX-License-Identifier: Apache-2.0
"""What a configuration says about one service."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from tests.fakes.cloud import FakeKeystone, config, fake_session, token_document
from tests.fakes.transport import FakeTransport, answer

from stackloom.auth.service_choice import (
    ServiceChoice,
    choice_for,
    is_service_key,
    service_choices,
)
from stackloom.auth.token import Token
from stackloom.errors import NoEndpoint
from stackloom.log import Secret
from stackloom.transport.client import Request


@pytest.mark.parametrize(
    ("values", "choices"),
    [
        ({"username": "alice", "interface": "public", "region_name": "one"}, {}),
        ({"compute_interface": ""}, {}),
        (
            {"compute_endpoint_override": "http://a", "network_interface": "internalURL"},
            {
                "compute": ServiceChoice(endpoint_override="http://a"),
                "network": ServiceChoice(interface="internal"),
            },
        ),
        (
            {"volume_api_version": "3.59", "block_storage_region_name": "two"},
            {"block_storage": ServiceChoice(microversion="3.59", region_name="two")},
        ),
        ({"compute_api_version": "2"}, {"compute": ServiceChoice()}),
        ({"compute_api_version": "2.0"}, {"compute": ServiceChoice()}),
        (
            {"compute_api_version": "2.1", "compute_default_microversion": "2.79"},
            {"compute": ServiceChoice(microversion="2.79")},
        ),
    ],
)
def test_keys_are_gathered_by_service(
    values: dict[str, str], choices: dict[str, ServiceChoice]
) -> None:
    """Older names of a service mean the newer one; a whole number is no microversion."""
    assert service_choices(values) == choices


def test_a_service_without_a_word_has_no_choice() -> None:
    """Types are asked for as the catalog writes them."""
    choices = service_choices({"volumev3_interface": "admin"})
    assert choice_for(choices, "block-storage") == ServiceChoice(interface="admin")
    assert choice_for(choices, "volumev3") == ServiceChoice(interface="admin")
    assert choice_for(choices, "compute") == ServiceChoice()


@pytest.mark.parametrize(
    ("name", "is_key"),
    [
        ("compute_api_version", True),
        ("interface", False),
        ("region_name", False),
        ("default_microversion", False),
        ("compute_flavour", False),
    ],
)
def test_a_key_of_a_service_has_the_service_before_it(name: str, is_key: bool) -> None:
    """The cloud's own settings have none."""
    assert is_service_key(name) is is_key


def _token(**values: str) -> Token:
    endpoints = [
        {"url": f"http://{region}-{interface}/v2.1", "interface": interface, "region_id": region}
        for region in ("one", "two")
        for interface in ("public", "internal")
    ]
    document = token_document(catalog={})
    inside = document["token"]
    assert isinstance(inside, dict)
    inside["catalog"] = [{"type": "compute", "endpoints": endpoints}]
    token = Token(Secret("x"), msgspec.json.encode(document))
    return token.using(service_choices(values))


@pytest.mark.parametrize(
    ("values", "root"),
    [
        ({}, "http://one-public"),
        ({"compute_region_name": "two"}, "http://two-public"),
        ({"compute_interface": "internal"}, "http://one-internal"),
        ({"network_interface": "internal"}, "http://one-public"),
        ({"compute_endpoint_override": "http://tunnel:8774/v2.1"}, "http://tunnel:8774"),
    ],
)
def test_a_service_may_be_elsewhere(values: dict[str, str], root: str) -> None:
    """What is said about it counts before the cloud's region and interface."""
    assert _token(**values).endpoint("compute", region="one", interface="public") == root


def test_a_service_that_the_catalog_lacks_may_be_named() -> None:
    """An override needs no entry in the catalog."""
    token = _token(image_endpoint_override="http://image:9292/")
    assert token.endpoint("image") == "http://image:9292"


@pytest.mark.parametrize(
    ("headers", "sent"),
    [({}, "compute 2.79"), ({"OpenStack-API-Version": "compute 2.47"}, "compute 2.47")],
)
def test_a_pinned_microversion_is_asked_for(headers: dict[str, str], sent: str) -> None:
    """Where the caller needs none of its own."""
    transport = FakeTransport()
    FakeKeystone(transport)
    transport.on("GET", "/servers", answer(200))
    pinned = config(compute_api_version="2.79")
    session = fake_session(transport, cloud_config=pinned)
    request = Request(method="GET", url="http://cloud.test/servers", headers=headers)
    asyncio.run(session.ask(request, service="compute"))
    assert transport.requests[-1].headers["OpenStack-API-Version"] == sent


def test_keystone_is_where_the_log_in_was_if_there_is_no_catalog() -> None:
    """An unscoped token can be looked at and revoked all the same."""
    token = _token().using({}, auth_url="http://keystone:5000/v3")
    assert token.endpoint("identity") == "http://keystone:5000"
    with pytest.raises(NoEndpoint):
        token.endpoint("network")
