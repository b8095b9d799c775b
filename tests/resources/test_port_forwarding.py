# SPDX-License-Identifier: Apache-2.0
"""A port forwarding: it stands below its floating IP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from tests.fakes.cloud import FakeIds
from tests.fakes.names import FakeNames

from stackloom.cloud.kind import Call, Difference, Fault, Reference, Requirement, Spec
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import Badge
from stackloom.errors import UsageError
from stackloom.resources.network._fixed_ips import FixedIp
from stackloom.resources.network.floating_ip import FloatingIpSpec, FloatingIpState
from stackloom.resources.network.port import PortSpec, PortState
from stackloom.resources.network.port_forwarding import (
    KIND,
    NewPortForwarding,
    PortForwardingSpec,
    PortForwardingState,
)
from stackloom.resources.network.router import RouterSpec
from stackloom.resources.network.router_interface import RouterInterfaceSpec
from stackloom.resources.network.subnet import SubnetSpec


def test_it_is_below_a_floating_ip() -> None:
    """Its paths name that one; what a person typed cannot lead elsewhere."""
    assert KIND.under("f-1").member_path("x") == "/v2.0/floatingips/f-1/port_forwardings/x"
    assert KIND.under("../a").listed_at == "/v2.0/floatingips/..%2Fa/port_forwardings"


def test_a_request_says_only_what_was_given() -> None:
    """Single ports and ranges are different fields."""
    new = NewPortForwarding(
        protocol="tcp",
        internal_port_id="p-1",
        internal_ip_address="10.0.0.5",
        internal_port_range="80:90",
        external_port_range="8080:8090",
    )
    assert msgspec.to_builtins(KIND.wrap(new)) == {
        "port_forwarding": {
            "protocol": "tcp",
            "internal_port_id": "p-1",
            "internal_ip_address": "10.0.0.5",
            "internal_port_range": "80:90",
            "external_port_range": "8080:8090",
        }
    }


def test_neutrons_answer_is_read() -> None:
    """And shown as in the openstack client."""
    answer = {
        "id": "x-1",
        "external_port": 8080,
        "internal_port": 80,
        "external_port_range": "8080:8080",
        "internal_port_range": "80:80",
        "internal_port_id": "p-1",
        "internal_ip_address": "10.0.0.5",
        "protocol": "tcp",
        "description": "words",
    }
    state = msgspec.convert(answer, PortForwardingState)
    assert [column.value(state) for column in KIND.columns] == [
        *("x-1", "p-1", "10.0.0.5", 80, "80:80", 8080, "8080:8080", "tcp", "words")
    ]


# --- in a scenario --------------------------------------------------------------------------------

_SSH = Address("port_forwarding", "ssh")
_MARK = Mark("s", _SSH)
_SPEC = PortForwardingSpec(floating_ip="shared", external_port=2222, port="a", internal_port=22)
_RANGE = msgspec.structs.replace(_SPEC, external_port="8000-8010", internal_port="9000:9010")
_PATH = "/v2.0/floatingips/f-1/port_forwardings/x-1"


@pytest.fixture
def lab(ids: FakeIds) -> FakeIds:
    """Return ids with the state of port a."""
    fixed = ("fd00::5", "10.0.0.5", "10.0.0.6")
    ids.states["port", "a"] = PortState(
        id="port-a-id",
        network_id="n-1",
        fixed_ips=tuple(FixedIp(subnet_id="s-1", ip_address=each) for each in fixed),
    )
    return ids


def _state(**changes: Any) -> PortForwardingState:
    answer = {
        "id": "x-1",
        "protocol": "tcp",
        "external_port": 2222,
        "internal_port": 22,
        "external_port_range": "2222:2222",
        "internal_port_range": "22:22",
        "internal_port_id": "port-a-id",
        "internal_ip_address": "10.0.0.5",
        "description": str(_MARK),
        "floating_ip_id": "floating_ip-shared-id",
        **changes,
    }
    return msgspec.convert(answer, PortForwardingState)


def _compare(
    spec: PortForwardingSpec, state: PortForwardingState, ids: FakeIds
) -> list[Difference]:
    assert KIND.declaration is not None
    return list(KIND.declaration.compare(_SSH, spec, state, _MARK, ids))


def _changed(spec: PortForwardingSpec, ids: FakeIds) -> list[Mapping[str, Any]]:
    """Return the bodies that bring *spec* about where the usual one is."""
    state = _state(floating_ip_id="f-1")
    changes = [c for c in _compare(spec, state, ids) if c.field != "floating_ip_id"]
    calls = KIND.update_calls(state, changes)
    assert {(call.method, call.path) for call in calls} == {("PUT", _PATH)}
    return [call.body["port_forwarding"] for call in calls if isinstance(call.body, dict)]


def test_it_leads_to_an_ipv4_address_of_its_port(lab: FakeIds) -> None:
    """The first where none is said; single ports in the form that every Neutron takes."""
    body = {
        "protocol": "tcp",
        "internal_port_id": "port-a-id",
        "internal_ip_address": "10.0.0.5",
        "external_port": 2222,
        "internal_port": 22,
        "description": str(_MARK),
    }
    call = KIND.create_call(_SSH, _SPEC, _MARK, lab)
    path = "/v2.0/floatingips/floating_ip-shared-id/port_forwardings"
    assert call == Call(method="POST", path=path, body={"port_forwarding": body})
    chosen = msgspec.structs.replace(_RANGE, internal_ip_address="10.0.0.6")
    del body["external_port"], body["internal_port"]
    assert KIND.create_call(_SSH, chosen, _MARK, lab).body == {
        "port_forwarding": {
            **body,
            "internal_ip_address": "10.0.0.6",
            "external_port_range": "8000:8010",
            "internal_port_range": "9000:9010",
        }
    }
    made = KIND.made({"port_forwarding": {"id": "x-1", **body}}, call)
    assert made.floating_ip_id == "floating_ip-shared-id"


def test_a_port_without_an_address_is_told(ids: FakeIds) -> None:
    """In words, before anything is sent."""
    nothing = "the server or port that it leads to has no IPv4 address there"
    with pytest.raises(UsageError, match=nothing):
        KIND.create_call(_SSH, _SPEC, _MARK, ids)
    changes = _compare(_SPEC, _state(internal_port_id="p-9"), ids)
    with pytest.raises(UsageError, match=nothing):
        KIND.update_calls(_state(), changes)


def test_what_is_as_it_should_be_does_not_differ(lab: FakeIds) -> None:
    """However ports are written, and wherever it leads if that was left open."""
    assert _compare(_SPEC, _state(), lab) == []
    assert _compare(_SPEC, _state(internal_ip_address="10.0.0.6"), lab) == []
    ranges = {
        "external_port": None,
        "internal_port": None,
        "external_port_range": "8000:8010",
        "internal_port_range": "9000:9010",
    }
    assert _compare(_RANGE, _state(**ranges), lab) == []
    old = _state(external_port_range=None, internal_port_range=None)
    assert _compare(_SPEC, old, lab) == []


def test_all_but_the_floating_ip_is_changed_in_place(lab: FakeIds) -> None:
    """Both halves of what belongs together are said; a range goes by itself."""
    other = msgspec.structs.replace(_SPEC, floating_ip="other")
    assert _compare(other, _state(), lab) == [
        Difference(
            field="floating_ip_id",
            have="floating_ip-shared-id",
            want="floating_ip-other-id",
            in_place=False,
        )
    ]
    replace = msgspec.structs.replace
    assert _changed(replace(_SPEC, internal_port=23), lab) == [
        {"external_port": 2222, "internal_port": 23}
    ]
    assert _changed(replace(_SPEC, external_port="2222-2230"), lab) == [
        {"external_port_range": "2222:2230", "internal_port_range": "22:22"}
    ]
    assert _changed(replace(_SPEC, protocol="udp", description="words"), lab) == [
        {"protocol": "udp", "description": f"words {_MARK}"}
    ]
    moved = {"internal_port_id": "port-a-id", "internal_ip_address": "10.0.0.6"}
    there = replace(_SPEC, internal_ip_address="10.0.0.6")
    assert _changed(there, lab) == [moved]
    assert _changed(replace(there, internal_port=23), lab) == [
        {**moved, "external_port": 2222, "internal_port": 23}
    ]
    assert _changed(replace(_RANGE, internal_ip_address="10.0.0.6"), lab) == [
        moved,
        {"external_port_range": "8000:8010", "internal_port_range": "9000:9010"},
    ]


def test_a_replaced_port_is_followed(lab: FakeIds) -> None:
    """To its own address, even where the address was left open."""
    state = _state(internal_port_id="p-9", internal_ip_address="10.0.0.9")
    assert _compare(_SPEC, state, lab) == [
        Difference(field="internal_port_id", have="p-9", want="port-a-id"),
        Difference(field="internal_ip_address", have="10.0.0.9", want="10.0.0.5"),
    ]


def test_it_is_deleted_below_its_floating_ip() -> None:
    """Which its own list does not tell."""
    calls = KIND.delete_calls(_state(floating_ip_id="f-1"))
    assert calls == [Call(method="DELETE", path=_PATH)]


# --- what is around it ----------------------------------------------------------------------------


def test_floating_ips_and_ports_tell_what_it_holds() -> None:
    """Whose it is, and the leg of the router through which it leads."""
    below = ({"id": "x-1", "internal_port_id": "port-a-id"},)
    owner = FloatingIpState(id="f-1", router_id="r-1", port_forwardings=below)
    none = FloatingIpState(id="f-2")
    fixed = (FixedIp(subnet_id="s-1", ip_address="10.0.0.5"),)
    ports = [
        PortState(id="port-a-id", network_id="n-1", device_id="v-1", fixed_ips=fixed),
        PortState(
            id="p-2",
            network_id="n-1",
            device_id="r-1",
            device_owner="network:router_interface",
            fixed_ips=(FixedIp(subnet_id="s-1", ip_address="10.0.0.1"),),
        ),
    ]
    assert KIND.derive is not None
    listed: dict[str, list[Any]] = {
        "floating_ip": [none, owner],
        "port": ports,
        "port_forwarding": [_state()],
    }
    (state,) = KIND.derive(listed)
    assert state == _state(
        floating_ip_id="f-1",
        router_id="r-1",
        interface_id="r-1/s-1",
        server_id="v-1",
        network_id="n-1",
    )
    assert KIND.declaration is not None
    assert list(KIND.declaration.needs(state)) == ["f-1", "port-a-id", "r-1/s-1", "r-1"]
    assert [KIND.parent_has(each) for each in (none, owner)] == [False, True]


def test_it_waits_for_the_way_to_its_port() -> None:
    """From the network of its floating IP."""
    declared: dict[Address, Spec] = {
        Address("floating_ip", "shared"): FloatingIpSpec(network="public"),
        Address("port", "a"): PortSpec(network="blue"),
        Address("subnet", "blue"): SubnetSpec(network="blue", cidr="10.0.0.0/24"),
        Address("router", "hub"): RouterSpec(external_network="public"),
        Address("router_interface", "hub.blue"): RouterInterfaceSpec(router="hub", subnet="blue"),
    }
    assert KIND.declaration is not None
    waits = KIND.declaration.waits
    assert [str(each) for each in waits(_SSH, _SPEC, declared)] == [
        "router_interface.hub.blue",
        "router.hub",
    ]
    assert list(KIND.declaration.references(_SPEC)) == [
        Reference(kind="floating_ip", name="shared", place=("floating_ip",)),
        Reference(kind="port", name="a", place=("port",), rebinds=True, complete=True),
    ]


def test_those_of_one_floating_ip_go_one_after_the_other() -> None:
    """Neutron counts them."""
    assert KIND.lane(_SPEC, None) == "floating_ip.shared"
    assert KIND.lane(None, _state(floating_ip_id="f-1")) == "floating_ip.f-1"


def test_it_says_what_it_needs_of_the_cloud() -> None:
    """A description for its mark, and ranges where there are."""
    assert KIND.declaration is not None
    mark = Requirement(place=(), extension="floating-ip-port-forwarding-description")
    ranges = Requirement(
        place=("external_port",), extension="floating-ip-port-forwarding-port-ranges"
    )
    assert list(KIND.declaration.requires(_SPEC)) == [mark]
    assert list(KIND.declaration.requires(_RANGE)) == [mark, ranges]


@pytest.mark.parametrize(
    ("fields", "place", "message", "hint"),
    [
        ({"port": ""}, (), "this leads nowhere: give a server or a port", ""),
        (
            {"external_port": "http"},
            ("external_port",),
            '"http" is neither a port nor a range of ports',
            "such as 8000-8010",
        ),
        (
            {"internal_port": 70000},
            ("internal_port",),
            "ports go from 1 to 65535, the lower one first",
            "",
        ),
        (
            {"external_port": "8010-8000"},
            ("external_port",),
            "ports go from 1 to 65535, the lower one first",
            "",
        ),
        (
            {"external_port": "80-85", "internal_port": "80-84"},
            ("internal_port",),
            "there are not as many ports inside as outside",
            "as many, or a single one",
        ),
        (
            {"internal_ip_address": "fd00::5"},
            ("internal_ip_address",),
            "fd00::5 is not an IPv4 address",
            "",
        ),
    ],
)
def test_nonsense_is_seen_without_a_cloud(
    fields: dict[str, Any], place: tuple[str, ...], message: str, hint: str
) -> None:
    """With the field that is wrong."""
    assert KIND.declaration is not None
    spec = msgspec.structs.replace(_SPEC, **fields)
    assert list(KIND.declaration.faults(spec)) == [Fault(place=place, message=message, hint=hint)]


def test_what_cannot_be_together_is_seen_without_a_cloud() -> None:
    """A port taken twice, and a floating IP that leads somewhere as a whole."""
    assert KIND.declaration is not None
    specs = {
        "one": _SPEC,
        "two": msgspec.structs.replace(_SPEC, external_port="2000-3000"),
        "udp": msgspec.structs.replace(_SPEC, protocol="udp"),
        "used": msgspec.structs.replace(_SPEC, floating_ip="used"),
    }
    declared: dict[Address, Spec] = {
        Address("port_forwarding", name): spec for name, spec in specs.items()
    }
    declared[Address("floating_ip", "used")] = FloatingIpSpec(network="public", port="a")
    found = KIND.declaration.faults_together(declared)
    assert [(address.name, fault) for address, fault in found] == [
        (
            "two",
            Fault(place=("external_port",), message="port_forwarding.one has this port already"),
        ),
        (
            "used",
            Fault(
                place=("floating_ip",),
                message="floating_ip used leads to one port as a whole",
                hint="take its server or port away, or another floating IP",
            ),
        ),
    ]


# --- the other way round --------------------------------------------------------------------------


def test_it_is_adopted_by_its_description() -> None:
    """The person's own words stay."""
    assert KIND.declaration is not None
    assert KIND.declaration.adopt is not None
    state = _state(floating_ip_id="f-1", description="words")
    assert KIND.declaration.adopt(state, _MARK) == Call(
        method="PUT",
        path=_PATH,
        body={"port_forwarding": {"description": f"words {_MARK}"}},
    )


def test_it_is_written_as_a_person_would(names: FakeNames) -> None:
    """With its port, or the server that has it from Nova; else it cannot be written."""
    assert KIND.declaration is not None
    entry = {
        "floating_ip": "shared",
        "protocol": "tcp",
        "port": "a",
        "internal_ip_address": "10.0.0.5",
        "external_port": 2222,
        "internal_port": 22,
    }
    capture = KIND.declaration.capture
    assert capture(_state(), names) == entry
    ranges = _state(external_port_range="80:90", description=f"words {_MARK}")
    assert capture(ranges, names) == {**entry, "external_port": "80-90", "description": "words"}
    assert capture(_state(internal_port_id="p-9"), names) is None
    of_nova = {
        "internal_port_id": "p-9",
        "server_id": "server-alice-id",
        "network_id": "network-blue-id",
    }
    del entry["port"], entry["internal_ip_address"]
    assert capture(_state(**of_nova), names) == {**entry, "server": "alice", "on": "blue"}


def test_a_picture_shows_it_on_its_floating_ip() -> None:
    """From where to where."""
    assert KIND.declaration is not None
    there = Badge(
        on="floating_ip.shared",
        key="port_forwarding.ssh",
        sort="port_forwarding",
        label="ssh",
        note="tcp 8000-8010 → 9000-9010",
        details=("to a",),
    )
    assert list(KIND.declaration.sketch(_SSH, _RANGE, {})) == [there]
    assert list(KIND.sketch(_state(floating_ip_id="f-1"))) == [
        Badge(
            on="f-1",
            key="x-1",
            sort="port_forwarding",
            note="tcp 2222 → 22",
            details=("to 10.0.0.5",),
        )
    ]
