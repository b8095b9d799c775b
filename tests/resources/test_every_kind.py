# SPDX-License-Identifier: Apache-2.0
"""A sweep over all kinds, so that a new file in the folder is held to the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import pytest
from scripts.reference import many
from tests.fakes.cloud import CATALOG, FakeIds

from stackloom.cloud.kind import Declaration, Kind
from stackloom.cloud.mark import Address, Mark
from stackloom.resources import all_kinds, kinds_by_module
from stackloom.resources.compute._server_nics import Nic

_KINDS = all_kinds()
_DECLARED = {name: kind for name, kind in _KINDS.items() if kind.declaration}

# A spec of each kind in which every field is given; a new kind needs a line here.
_FULL: Mapping[str, Mapping[str, Any]] = {
    "network": {
        "cidr": "10.0.0.0/24",
        "subnets": {"blue-v6": {"cidr": "2001:DB8::/64", "ipv6": "slaac"}},
        "description": "words",
        "admin_state_up": False,
        "mtu": 1400,
        "port_security_enabled": False,
        "shared": True,
        "external": True,
        "provider": {
            "network_type": "vlan",
            "physical_network": "wire",
            "segmentation_id": 7,
        },
        "dns_domain": "Lab.Example.",
        "qos_policy": "slow",
        "availability_zone_hints": ["b", "a"],
    },
    "subnet": {
        "network": "blue",
        "cidr": "2001:DB8::/64",
        "subnet_pool": "main",
        "use_default_subnetpool": False,
        "prefixlen": 64,
        "ip_version": 6,
        "description": "words",
        "enable_dhcp": True,
        "gateway_ip": "2001:DB8::1",
        "ipv6": "slaac",
        "ipv6_ra_mode": "slaac",
        "ipv6_address_mode": "slaac",
        "dns_nameservers": ["2001:DB8::53", "9.9.9.9"],
        "allocation_pools": [
            {"start": "2001:db8::20", "end": "2001:db8::2f"},
            {"start": "2001:db8::10", "end": "2001:db8::1f"},
        ],
        "host_routes": [
            {"destination": "2001:DB8:1::/64", "nexthop": "2001:DB8::9"},
            {"destination": "2001:DB8:0:9::/64", "nexthop": "2001:DB8::9"},
        ],
        "service_types": ["network:router_gateway", "compute:nova"],
    },
    "subnet_pool": {
        "prefixes": ["10.0.1.0/24", "10.0.0.0/24", "10.9.0.0/16"],
        "description": "words",
        "default_prefixlen": 26,
        "min_prefixlen": 24,
        "max_prefixlen": 28,
        "default_quota": 512,
        "address_scope": "scope",
        "shared": True,
        "is_default": False,
    },
    "address_scope": {"ip_version": 6, "shared": True},
    "rbac_policy": {
        "network": "blue",
        "security_group": "",
        "qos_policy": "",
        "address_scope": "",
        "subnet_pool": "",
        "address_group": "",
        "action": "access_as_shared",
        "target_project": "0123456789abcdef0123456789abcdef",
    },
    "router": {
        "connects": ["blue", {"network": "green"}, {"subnet": "wan", "address": "10.0.0.9"}],
        "external_network": "public",
        "external_gateway": {
            "network": "public",
            "enable_snat": False,
            "external_fixed_ips": [{"subnet": "out", "ip_address": "2001:DB8::9"}],
        },
        "routes": [{"destination": "10.9.0.0/16", "nexthop": "10.0.0.7"}],
        "description": "words",
        "admin_state_up": False,
    },
    "router_interface": {"router": "hub", "subnet": "", "port": "a"},
    "router_routes": {
        "router": "hub",
        "routes": [{"destination": "10.9.0.0/16", "nexthop": "10.0.0.7"}],
        "through": ["hub.blue"],
    },
    "security_group": {
        "description": "words",
        "rules": ["tcp/22", {"allow": "icmp", "from": "web"}],
        "default_egress": False,
        "stateful": False,
    },
    "floating_ip": {
        "network": "public",
        "server": "",
        "on": "",
        "port": "a",
        "fixed_ip_address": "10.0.0.5",
        "floating_ip_address": "203.0.113.9",
        "description": "words",
        "dns_name": "www",
        "dns_domain": "example.org.",
        "qos_policy": "slow",
    },
    "port_forwarding": {
        "floating_ip": "shared",
        "protocol": "udp",
        "external_port": "8000-8010",
        "server": "",
        "on": "",
        "port": "a",
        "internal_ip_address": "10.0.0.5",
        "internal_port": "9000:9010",
        "description": "words",
    },
    "trunk": {
        "port": "a",
        "subports": [
            {"port": "c", "segmentation_id": 102},
            {"port": "b", "segmentation_id": 101, "segmentation_type": "vlan"},
        ],
        "description": "words",
        "admin_state_up": False,
    },
    "qos_policy": {
        "description": "words",
        "rules": [{"type": "bandwidth_limit", "max_kbps": 1000}],
        "shared": False,
        "is_default": False,
    },
    "qos_policy_rules": {"policy": "slow", "rules": [{"type": "dscp_marking", "dscp_mark": 26}]},
    "address_group": {"description": "words", "addresses": ["10.0.0.5", "2001:DB8::/32"]},
    "security_group_rules": {"group": "web", "rules": ["tcp/22"], "default_egress": True},
    "port": {
        "network": "blue",
        "fixed_ips": [{"subnet": "blue", "ip_address": "2001:DB8::5"}],
        "mac_address": "FA-16-3E-00-00-0A",
        "description": "words",
        "admin_state_up": False,
        "port_security_enabled": True,
        "security_groups": ["web", "default"],
        "allowed_address_pairs": [
            "10.0.0.9",
            {"ip_address": "2001:DB8::/64", "mac_address": "FA-16-3E-00-00-0B"},
        ],
        "qos_policy": "slow",
        "extra_dhcp_opts": {"mtu": 1400, "domain": {"value": "x", "ip_version": 6}},
        "dns_name": "Web",
        "vnic_type": "normal",
    },
    "server": {
        "image": "",
        "flavor": "m1.tiny",
        "boot_volume": {"image": "cirros", "size": 2, "volume_type": "fast"},
        "networks": ["blue", {"port": "b"}, {"subnet": "blue", "address": "10.0.0.9"}],
        "ports": ["a"],
        "volumes": ["data"],
        "security_groups": ["web", "default"],
        "key_name": "mine",
        "user_data": "#cloud-config",
        "config_drive": True,
        "server_group": "apart",
        "metadata": {"role": "web"},
        "tags": ["two", "one"],
        "availability_zone": "nova",
        "description": "words",
        "hostname": "web",
    },
    "server_volume": {"server": "web", "volume": "data"},
    "server_group": {"policy": "anti-affinity", "rules": {"max_server_per_host": 2}},
    "keypair": {"public_key": "ssh-ed25519 AAAAC3Nza alice@home"},
    "image": {
        "disk_format": "qcow2",
        "container_format": "bare",
        "file": "/images/mine.qcow2",
        "url": "",
        "visibility": "public",
        "min_disk": 1,
        "min_ram": 64,
        "properties": {"os_distro": "debian"},
        "tags": ["b", "a"],
    },
    "image_data": {"image": "mine", "file": "/images/mine.qcow2", "url": ""},
    "volume": {
        "size": 3,
        "volume_type": "fast",
        "image": "",
        "snapshot": "before",
        "description": "words",
        "metadata": {"role": "db"},
        "availability_zone": "nova",
    },
}

# What the lists of the openstack client begin with, where it is not id and name.
_FIRST_TITLES = {
    "extension": ["Name", "Alias"],
    "floating_ip": ["ID", "Floating IP Address"],
    "availability_zone": ["Zone Name", "Zone Status"],
    "hypervisor": ["ID", "Hypervisor Hostname"],
}

# Kinds that keep no words of ours, and are known by the marks of what they are about.
_MARKED_BY_OTHERS = {"rbac_policy"}


def _of(kind: Kind[Any]) -> Declaration[Any, Any]:
    assert kind.declaration is not None
    return kind.declaration


# A facet is not made: it is compared with what its owner began as.
_MADE = {name: kind for name, kind in _DECLARED.items() if not _of(kind).facet_of}
_FACETS = {name: kind for name, kind in _DECLARED.items() if _of(kind).facet_of}


def _as_neutron(kind: Kind[Any], body: Mapping[str, Any]) -> object:
    """Answer like a service that keeps what it was sent, addresses and MACs in its own writing."""
    answer = {"id": "new-id", **body[kind.wire_key]}
    if "mac_address" in answer:
        answer["mac_address"] = answer["mac_address"].lower().replace("-", ":")
    return msgspec.convert(answer, kind.state)


def _as_router_interface(kind: Kind[Any], body: Mapping[str, Any]) -> object:
    port_id = body["port_id"]
    return kind.state(id="r/s", router_id="r", subnet_id="s", port_id=port_id, is_by_port=True)


def _as_nova(kind: Kind[Any], body: Mapping[str, Any]) -> object:
    """Answer like Nova: flavor by name, places and groups by Neutron's ports."""
    sent = body["server"]
    answer = {
        **sent,
        "id": "new-id",
        "status": "ACTIVE",
        "flavor": {"original_name": "m1.tiny"},
        "config_drive": "True",
        "server_groups": [body["os:scheduler_hints"]["group"]],
        "OS-EXT-AZ:availability_zone": sent["availability_zone"],
        "OS-EXT-SRV-ATTR:hostname": sent["hostname"],
    }
    groups = tuple(group["name"] for group in sent["security_groups"])
    nics = [
        Nic(
            port_id=place.get("port", f"made-{index}"),
            network_id=place.get("uuid", "of-port"),
            security_group_ids=groups if "uuid" in place else (),
        )
        for index, place in enumerate(sent["networks"])
    ]
    return msgspec.structs.replace(msgspec.convert(answer, kind.state), nics=tuple(nics))


def _as_cinder(kind: Kind[Any], body: Mapping[str, Any]) -> object:
    """Answer like Cinder: its type by name."""
    return msgspec.convert({**body["volume"], "id": "new-id", "volume_type": "fast"}, kind.state)


def _as_glance(kind: Kind[Any], body: Mapping[str, Any]) -> object:
    """Answer like Glance: bare, with properties beside its own fields."""
    assert kind.reshape is not None
    return msgspec.convert(kind.reshape({**body, "id": "new-id", "status": "queued"}), kind.state)


def _as_port_forwarding(kind: Kind[Any], body: Mapping[str, Any]) -> object:
    """Answer like Neutron; whose it is stands in the path."""
    state = _as_neutron(kind, body)
    assert isinstance(state, msgspec.Struct)
    return msgspec.structs.replace(state, floating_ip_id="floating_ip-shared-id")


def _as_attached(kind: Kind[Any], body: Mapping[str, Any]) -> object:
    return kind.state(id="v/d", server_id="v", volume_id=body["volumeAttachment"]["volumeId"])


_ANSWERS: Mapping[str, Callable[[Kind[Any], Mapping[str, Any]], object]] = {
    "port_forwarding": _as_port_forwarding,
    "router_interface": _as_router_interface,
    "server": _as_nova,
    "server_volume": _as_attached,
    "volume": _as_cinder,
    "image": _as_glance,
}


def test_no_kind_hides_another() -> None:
    """Each file gives one kind, and no two have one name, nor one plural in a service."""
    files = [
        module.rpartition(".")[2]
        for module, kind in kinds_by_module().items()
        if module.endswith(f".{kind.name}")
    ]
    assert sorted(files) == sorted(_KINDS)
    plurals = [(kind.service, kind.plural) for kind in _KINDS.values()]
    assert sorted(plurals) == sorted(set(plurals))


@pytest.mark.parametrize("kind", _KINDS.values(), ids=_KINDS)
def test_a_kind_can_be_listed(kind: Kind[Any]) -> None:
    """It has a list with columns, or is derived from kinds that have one."""
    if kind.has_own_list:
        titles = [column.title for column in kind.columns]
        if kind.has_name:
            assert titles[:2] == _FIRST_TITLES.get(kind.name, ["ID", "Name"])
        assert len(titles) == len(set(titles))
    else:
        assert kind.derive is not None
    assert bool(kind.derive) == bool(kind.derived_from)
    assert all(_KINDS[name].has_own_list for name in kind.derived_from)


@pytest.mark.parametrize("kind", _KINDS.values(), ids=_KINDS)
def test_a_kind_is_of_a_service_that_we_know(kind: Kind[Any]) -> None:
    """Its service is one of the catalog, and its paths name their version."""
    assert kind.service in CATALOG
    for path in (kind.path, kind.listed_at):
        assert path.startswith(("/v2.0/", "/v2.1/", "/v2/", "/v3/"))


@pytest.mark.parametrize("kind", _KINDS.values(), ids=_KINDS)
def test_a_poor_answer_is_read(kind: Kind[Any]) -> None:
    """Policies hide fields, so all but the identity may be missing, and columns still show."""
    identity = {"id": "x", "network_id": "n", "cidr": "c", "router_id": "r", "subnet_id": "s"}
    identity["alias"] = "a"
    state = msgspec.convert(identity, kind.state)
    for column in kind.columns:
        column.value(state)
    tuple(kind.sketch(state))
    assert kind.mark(state, {}) is None


def test_every_declared_kind_stands_in_the_sweep() -> None:
    """A new kind is added to this file, with every field of its spec."""
    assert sorted(_FULL) == sorted(_DECLARED)
    for name, kind in _DECLARED.items():
        assert sorted(_FULL[name]) == sorted(_of(kind).spec.__struct_fields__)


def test_no_two_kinds_have_one_section() -> None:
    """A key at the top of a scenario means one kind; one that is only implied has none."""
    sections = [_of(kind).section for kind in _DECLARED.values() if _of(kind).section]
    assert sorted(sections) == sorted(set(sections))
    named = {name: _of(kind).section for name, kind in _DECLARED.items() if _of(kind).section}
    assert named == {name: many(name) for name in named}


@pytest.mark.parametrize("kind", _MADE.values(), ids=_MADE)
def test_a_second_plan_is_empty(kind: Kind[Any], ids: FakeIds) -> None:
    """What was made as asked for has no differences, whatever way it was written."""
    declaration = _of(kind)
    spec = msgspec.convert(_FULL[kind.name], declaration.spec)
    address = Address(kind.name, "name-1")
    mark = Mark("scenario", address)
    call = kind.create_call(address, spec, mark, ids)
    assert isinstance(call.body, Mapping)
    state = _ANSWERS.get(kind.name, _as_neutron)(kind, call.body)
    assert list(declaration.compare(address, spec, state, mark, ids)) == []


@pytest.mark.parametrize("kind", _DECLARED.values(), ids=_DECLARED)
def test_a_full_spec_has_no_faults(kind: Kind[Any]) -> None:
    """The specs of this file are such as a person could write."""
    declaration = _of(kind)
    assert list(declaration.faults(msgspec.convert(_FULL[kind.name], declaration.spec))) == []


@pytest.mark.parametrize("kind", _DECLARED.values(), ids=_DECLARED)
def test_a_spec_names_kinds_that_there_are(kind: Kind[Any]) -> None:
    """References lead to kinds, inside a scenario to declared ones, and parts to their whole."""
    declaration = _of(kind)
    references = list(declaration.references(msgspec.convert(_FULL[kind.name], declaration.spec)))
    for reference in references:
        assert reference.kind in (_DECLARED if reference.declared else _KINDS)
        assert reference.place
    if declaration.part_of:
        assert declaration.part_of in {reference.kind for reference in references}


@pytest.mark.parametrize("kind", _MADE.values(), ids=_MADE)
def test_what_is_made_carries_its_mark(kind: Kind[Any], ids: FakeIds) -> None:
    """The mark goes out with the request that makes it; a derived kind is known by others'."""
    address = Address(kind.name, "name-1")
    mark = Mark("scenario", address)
    spec = msgspec.convert(_FULL[kind.name], _of(kind).spec)
    call = kind.create_call(address, spec, mark, ids)
    assert isinstance(call.body, Mapping)
    if kind.has_own_list and kind.name not in _MARKED_BY_OTHERS:
        state = _ANSWERS.get(kind.name, _as_neutron)(kind, call.body)
        assert kind.mark(state, {}) == mark


@pytest.mark.parametrize("kind", _FACETS.values(), ids=_FACETS)
def test_a_facet_stands_beside_its_owner(kind: Kind[Any]) -> None:
    """It is implied, derived from its owner, names it, and says how it is changed."""
    declaration = _of(kind)
    owner = declaration.facet_of
    assert declaration.section == ""
    assert owner in kind.derived_from
    spec = msgspec.convert(_FULL[kind.name], declaration.spec)
    assert owner in {reference.kind for reference in declaration.references(spec)}
    assert declaration.update is not None


@pytest.mark.parametrize("kind", _DECLARED.values(), ids=_DECLARED)
def test_a_mistyped_field_is_refused(kind: Kind[Any]) -> None:
    """A spec takes no field that it does not know."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**_FULL[kind.name], "no_such_field": 1}, _of(kind).spec)
