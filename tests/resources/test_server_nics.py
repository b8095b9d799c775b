# SPDX-License-Identifier: Apache-2.0
"""The places of a server on networks: which ports they imply, how they come and go."""

from __future__ import annotations

import msgspec
import pytest
from tests.fakes.cloud import FakeIds

from stackloom.cloud.kind import UNKNOWN, Call, Declared, Difference, Fault, Place
from stackloom.cloud.mark import Address
from stackloom.resources.compute._server_nics import (
    Nic,
    compare_nics,
    nic_calls,
    nics_by_server,
    wanted_nics,
)
from stackloom.resources.compute._server_spec import (
    NicSpec,
    ServerSpec,
    expand,
    faults,
    faults_together,
    networks_of,
    port_names,
    waits,
)
from stackloom.resources.compute._server_volume import ServerVolumeSpec
from stackloom.resources.network._fixed_ips import FixedIp, FixedIpSpec
from stackloom.resources.network.port import PortSpec, PortState
from stackloom.resources.network.subnet import SubnetSpec
from stackloom.resources.network.trunk import TrunkSpec

_WEB = Address("server", "web")
_SUBNETS: Declared = {
    Address("subnet", "blue"): SubnetSpec(network="blue", cidr="10.1.0.0/24"),
    Address("subnet", "blue-v6"): SubnetSpec(network="blue", cidr="fd00::/64"),
}


def _spec(*networks: str | NicSpec, ports: tuple[str, ...] = (), **more: object) -> ServerSpec:
    spec = ServerSpec(image="cirros", flavor="m1.tiny", networks=networks, ports=ports)
    return msgspec.structs.replace(spec, **more)


def _compare(spec: ServerSpec, *nics: Nic, ids: FakeIds) -> list[Difference]:
    return list(compare_nics(_WEB, spec, nics, ids))


# --- asking for them ------------------------------------------------------------------------------


def test_a_place_with_more_than_a_name_brings_a_port() -> None:
    """Named after server and network, or subnet; the second on one of them has a number."""
    spec = _spec(
        "green",
        NicSpec(network="blue", address="10.1.0.5"),
        NicSpec(network="blue", address="fd00::5"),
        NicSpec(subnet="blue-v6"),
        NicSpec(network="green", security_groups=("db",), port_security_enabled=True),
        NicSpec(network="red", port_security_enabled=False),
        NicSpec(port="mine"),
        ports=("last",),
        security_groups=("web",),
    )
    assert dict(expand(_WEB, spec, _SUBNETS)) == {
        Address("port", "web.blue"): PortSpec(
            network="blue",
            fixed_ips=(FixedIpSpec(subnet="blue", ip_address="10.1.0.5"),),
            security_groups=("web",),
        ),
        Address("port", "web.blue.2"): PortSpec(
            network="blue",
            fixed_ips=(FixedIpSpec(subnet="blue-v6", ip_address="fd00::5"),),
            security_groups=("web",),
        ),
        Address("port", "web.blue-v6"): PortSpec(
            network="blue",
            fixed_ips=(FixedIpSpec(subnet="blue-v6"),),
            security_groups=("web",),
        ),
        Address("port", "web.green"): PortSpec(
            network="green", security_groups=("db",), port_security_enabled=True
        ),
        Address("port", "web.red"): PortSpec(network="red", port_security_enabled=False),
    }
    ports = ["web.blue", "web.blue.2", "web.blue-v6", "web.green", "web.red", "mine", "last"]
    assert port_names(_WEB, spec) == ports


def test_a_volume_of_a_server_is_attached_by_a_step_of_its_own() -> None:
    """So that it comes and goes while the server runs."""
    spec = _spec(volumes=("data", "logs"))
    assert list(expand(_WEB, spec, {})) == [
        (
            Address("server_volume", f"web.{volume}"),
            ServerVolumeSpec(server="web", volume=volume),
        )
        for volume in ("data", "logs")
    ]


def test_a_subnet_of_others_brings_a_port_without_a_network() -> None:
    """Its network does not stand in the file; the port finds it by the subnet."""
    spec = _spec(NicSpec(subnet="theirs"))
    port = PortSpec(network="", fixed_ips=(FixedIpSpec(subnet="theirs"),))
    declared = {Address("port", "web.theirs"): port}
    assert list(expand(_WEB, spec, {})) == list(declared.items())
    assert networks_of(_WEB, spec, declared) == set()


def test_its_networks_are_known_by_their_ports_too() -> None:
    """By name, by a port's network, and by the subnet that a port stands on."""
    declared = {
        **_SUBNETS,
        Address("port", "a"): PortSpec(network="red"),
        Address("port", "b"): PortSpec(network="", fixed_ips=(FixedIpSpec(subnet="blue"),)),
    }
    spec = _spec("green", ports=("a", "b", "missing"))
    assert networks_of(_WEB, spec, declared) == {"green", "red", "blue"}


def test_it_waits_for_its_ports_and_the_trunks_on_them() -> None:
    """Those that it names are waited for anyway."""
    spec = _spec("green", NicSpec(network="blue"), ports=("a",))
    declared = {
        Address("trunk", "up"): TrunkSpec(port="web.blue"),
        Address("trunk", "of-others"): TrunkSpec(port="b"),
        Address("trunk", "down"): TrunkSpec(port="a"),
    }
    assert list(waits(_WEB, spec, declared)) == [
        Address("port", "web.blue"),
        Address("trunk", "up"),
        Address("trunk", "down"),
    ]


def test_nova_takes_them_in_the_order_of_the_file(ids: FakeIds) -> None:
    """Networks by themselves, all else by its port."""
    spec = _spec(NicSpec(network="blue"), "green", NicSpec(port="b"), ports=("a",))
    assert wanted_nics(_WEB, spec, ids) == [
        {"port": "port-web.blue-id"},
        {"uuid": "network-green-id"},
        {"port": "port-b-id"},
        {"port": "port-a-id"},
    ]
    assert wanted_nics(_WEB, _spec(), ids) == "none"


@pytest.mark.parametrize(
    ("nic", "place", "message"),
    [
        (NicSpec(), (), "a place needs a network, a subnet or a port"),
        (
            NicSpec(port="a", network="blue"),
            ("port",),
            "a port of the scenario is as it is: nothing can be said beside it",
        ),
        (
            NicSpec(network="blue", address="10.1"),
            ("address",),
            '"10.1" is not an IP address',
        ),
    ],
)
def test_a_place_that_cannot_be_is_refused(nic: NicSpec, place: Place, message: str) -> None:
    """Each with where it stands."""
    told = [(fault.place, fault.message) for fault in faults(_spec("green", nic))]
    assert told == [(("networks", 1, *place), message)]


def test_an_address_that_no_subnet_holds_is_told() -> None:
    """Unless the subnet is named; nor is it seen where the address comes from the cloud."""
    declared: dict[Address, object] = {
        **_SUBNETS,
        _WEB: _spec(
            NicSpec(network="blue", address="10.1.0.9"),
            NicSpec(network="blue", address="10.9.0.9"),
            NicSpec(network="theirs", subnet="theirs", address="10.9.0.9"),
            NicSpec(network="blue", address="${port.a.address}"),
        ),
    }
    told = list(faults_together(declared))  # type: ignore[arg-type]  # specs all
    assert told == [
        (
            _WEB,
            Fault(
                place=("networks", index, "address"),
                message=f'no subnet of "blue" in this file holds {address}',
                hint="name the subnet as well: {network: ..., subnet: ..., address: ...}",
            ),
        )
        for index, address in ((1, "10.9.0.9"), (3, "${port.a.address}"))
    ]


# --- finding and comparing them -------------------------------------------------------------------


def test_a_port_tells_what_it_is_called_in_its_scenario() -> None:
    """By its mark; Nova's own have none."""
    ours = PortState(
        id="p-1",
        network_id="n-1",
        device_id="v-1",
        description="stackloom://s/port.web.blue",
        fixed_ips=(FixedIp(subnet_id="s-1", ip_address="10.1.0.5"),),
        security_groups=("g-1",),
    )
    novas = PortState(id="p-2", network_id="n-1", device_id="v-1")
    assert nics_by_server({"port": [ours, novas]}) == {
        "v-1": (
            Nic(
                port_id="p-1",
                network_id="n-1",
                subnet_ids=("s-1",),
                ip_addresses=("10.1.0.5",),
                security_group_ids=("g-1",),
                port_name="web.blue",
            ),
            Nic(port_id="p-2", network_id="n-1"),
        )
    }


_BLUE = Nic(port_id="p-1", network_id="network-blue-id", security_group_ids=("g-2", "g-1"))
_OURS = Nic(port_id="port-web.blue-id", network_id="network-blue-id", port_name="web.blue")


def test_places_as_asked_for_do_not_differ(ids: FakeIds) -> None:
    """Two on one network, one of them with a port of the scenario; their order is not told."""
    spec = _spec("blue", NicSpec(network="blue"))
    assert _compare(spec, _OURS, _BLUE, ids=ids) == []


def test_what_is_missing_comes_and_what_is_too_much_goes(ids: FakeIds) -> None:
    """A port counts for itself, a network once for each time it is named."""
    more = Nic(port_id="p-2", network_id="network-blue-id")
    ports, networks = _compare(_spec("blue", "green", ports=("a",)), _BLUE, more, ids=ids)
    assert ports == Difference(field="ports", have=[], want=["port-a-id"])
    assert networks == Difference(
        field="networks",
        have=[
            {"network": "network-blue-id", "port": "p-1"},
            {"network": "network-blue-id", "port": "p-2"},
        ],
        want=[
            {"network": "network-blue-id", "port": "p-1"},
            {"network": "network-green-id"},
        ],
    )
    changes = {change.field: change for change in (ports, networks)}
    path = "/v2.1/servers/v-1/os-interface"
    here = Nic(port_id="port-b-id", network_id="network-red-id")
    changes["ports"] = msgspec.structs.replace(ports, want=["port-a-id", "port-b-id"])
    assert list(nic_calls("v-1", [_BLUE, more, here], changes)) == [
        Call(method="DELETE", path=f"{path}/p-2"),
        Call(method="POST", path=path, body={"interfaceAttachment": {"port_id": "port-a-id"}}),
        Call(
            method="POST", path=path, body={"interfaceAttachment": {"net_id": "network-green-id"}}
        ),
    ]


def test_a_port_that_is_new_comes_and_one_that_is_replaced_takes_the_server() -> None:
    """Its successor cannot be there before it is gone."""
    ids = FakeIds(**{"port_web.blue": UNKNOWN})
    spec = _spec(NicSpec(network="blue"))
    (new,) = _compare(spec, ids=ids)
    assert new == Difference(field="ports", have=[], want=[UNKNOWN])
    replaced, _old = _compare(spec, _OURS, ids=ids)
    assert replaced == Difference(field="ports", have=[], want=[UNKNOWN], in_place=False)


def test_groups_are_those_of_the_ports_that_nova_made(ids: FakeIds) -> None:
    """A port of the scenario has its own; what leaves is left as it is."""
    spec = _spec("blue", NicSpec(network="blue"), security_groups=("web",))
    leaving = Nic(port_id="p-3", network_id="network-red-id")
    networks, groups = _compare(spec, _BLUE, _OURS, leaving, ids=ids)
    assert networks.field == "networks"
    assert groups == Difference(
        field="security_groups",
        have={"p-1": ["g-1", "g-2"]},
        want={"p-1": ["security_group-web-id"]},
    )
    assert list(nic_calls("v-1", [_BLUE], {"security_groups": groups})) == [
        Call(
            method="PUT",
            path="/v2.0/ports/p-1",
            body={"port": {"security_groups": ["security_group-web-id"]}},
            service="network",
        )
    ]


def test_a_leg_with_several_subnets_serves_each_of_them() -> None:
    """A port of ours that a router has may stand on a subnet of each family."""
    ips = (
        FixedIp(subnet_id="s-1", ip_address="10.0.0.9"),
        FixedIp(subnet_id="s-2", ip_address="fd00::9"),
    )
    leg = PortState(
        id="leg",
        network_id="n-1",
        description="stackloom://s/port.leg",
        device_id="r-1",
        device_owner="network:router_interface",
        fixed_ips=ips,
    )
    own = PortState(id="own", network_id="n-1", device_id="v-1", fixed_ips=ips[1:])
    (nic,) = nics_by_server({"port": [leg, own]})["v-1"]
    assert nic.router_ids == ("r-1",)
