# SPDX-License-Identifier: Apache-2.0
"""What a cloud holds before anybody has worked on it."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

import pytest
from openstack.connection import Connection
from openstack.exceptions import SDKException
from tests.cloud.connecting import AS_IT_COMES, connect, identity

from stackloom.local.access import Access

pytestmark = [pytest.mark.cloud, AS_IT_COMES]


def test_the_catalog_has_the_services_on_the_loopback_interface(admin: Connection) -> None:
    """Every endpoint is in RegionOne, three interfaces each, and none is reachable from outside."""
    type_by_id = {service.id: service.type for service in identity(admin).services()}
    endpoints = list(identity(admin).endpoints())
    assert sorted(type_by_id.values()) == [
        "block-storage", "compute", "identity", "image", "network", "placement",
    ]  # fmt: skip
    assert {(type_by_id[each.service_id], each.interface) for each in endpoints} == {
        (kind, interface)
        for kind in type_by_id.values()
        for interface in ("public", "internal", "admin")
    }
    assert {each.region_id for each in endpoints} == {"RegionOne"}
    assert {urlsplit(each.url).hostname for each in endpoints} == {"127.0.0.1"}


def test_demo_is_a_plain_member(admin: Connection) -> None:
    """The user ``demo`` has the role ``member`` on its project and nothing else."""
    user = identity(admin).find_user("demo", ignore_missing=False)
    role_by_id = {role.id: role.name for role in identity(admin).roles()}
    found = list(identity(admin).role_assignments(user_id=user.id))
    assert [role_by_id[each.role["id"]] for each in found] == ["member"]
    assert set(role_by_id.values()) == {"admin", "manager", "member", "reader", "service"}


def test_flavors_image_and_external_network_are_there(demo: Connection) -> None:
    """A member sees what is needed to boot a server and to reach out."""
    flavors = {(each.name, each.ram, each.vcpus, each.disk) for each in demo.compute.flavors()}
    assert flavors == {
        ("m1.nano", 128, 1, 1),
        ("m1.tiny", 512, 1, 1),
        ("m1.small", 2048, 1, 20),
        ("m1.medium", 4096, 2, 40),
        ("m1.large", 8192, 4, 80),
        ("m1.xlarge", 16_384, 8, 160),
    }
    assert [(each.name, each.status) for each in demo.image.images()] == [("cirros", "active")]
    network = demo.network.find_network("public", ignore_missing=False)
    assert network.is_router_external


def test_the_image_can_be_downloaded(demo: Connection) -> None:
    """Its data lies where this cloud's Glance says, and is what its hash says."""
    image = demo.image.find_image("cirros", ignore_missing=False)
    content = demo.image.download_image(image.id, stream=False).content
    assert len(content) == image.size


def test_the_default_security_group_has_its_four_rules(demo: Connection) -> None:
    """Egress is open and members of the group reach each other, for both kinds of addresses."""
    demo.network.find_network("public")
    group = demo.network.find_security_group("default", ignore_missing=False)
    assert sorted(
        (rule["direction"], rule["ethertype"], rule["remote_group_id"] == group.id)
        for rule in group.security_group_rules
    ) == [
        ("egress", "IPv4", False),
        ("egress", "IPv6", False),
        ("ingress", "IPv4", True),
        ("ingress", "IPv6", True),
    ]


def test_admin_gets_a_system_scoped_token(local_cloud: Access) -> None:
    """Keystone answers the documented request with a token for the whole system."""
    user = {
        "name": "admin",
        "domain": {"name": "Default"},
        "password": local_cloud.passwords["admin"].reveal(),
    }
    request = {
        "auth": {
            "identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"system": {"all": True}},
        }
    }
    parts = urlsplit(local_cloud.auth_url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    connection.request(
        "POST",
        f"{parts.path}/auth/tokens",
        json.dumps(request),
        {"Content-Type": "application/json"},
    )
    response = connection.getresponse()
    token = json.loads(response.read())["token"]
    connection.close()
    assert (response.status, token["system"]) == (201, {"all": True})
    assert "admin" in {role["name"] for role in token["roles"]}


def test_a_wrong_password_is_refused(local_cloud: Access) -> None:
    """Passwords are those of this cloud and no others."""
    auth = local_cloud.cloud_config("demo")["auth"]
    assert isinstance(auth, dict)
    wrong = {**auth, "password": "wrong"}
    with connect(local_cloud, auth=wrong) as connection, pytest.raises(SDKException, match="401"):
        connection.authorize()
