# SPDX-License-Identifier: Apache-2.0
"""A plan as a picture: what is there, what is to come, and what goes, each where it belongs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from stackloom.cloud.kind import Difference, Spec
from stackloom.cloud.mark import Address
from stackloom.resources import all_kinds
from stackloom.resources.compute._server_nics import Nic
from stackloom.resources.compute._server_spec import ServerSpec
from stackloom.resources.compute.server import ServerState
from stackloom.resources.network.network import NetworkSpec, NetworkState
from stackloom.resources.network.router import RouterSpec, RouterState
from stackloom.resources.network.router_interface import (
    RouterInterfaceSpec,
    RouterInterfaceState,
)
from stackloom.resources.network.security_group import SecurityGroupSpec, SecurityGroupState
from stackloom.resources.network.subnet import SubnetSpec, SubnetState
from stackloom.scenario.picture.overlay import Change, Picture, Remark
from stackloom.scenario.picture.planned import plan_picture
from stackloom.scenario.picture.text import draw
from stackloom.scenario.plan import Action, Found, Plan, Step

KINDS = all_kinds()
KEEP, CREATE, UPDATE, DELETE = Action.KEEP, Action.CREATE, Action.UPDATE, Action.DELETE


def _step(
    address: str, action: Action, spec: Spec | None = None, state: Any = None, **more: Any
) -> Step:
    kind, _, name = address.partition(".")
    return Step(address=Address(kind, name), action=action, spec=spec, state=state, **more)


def _server(id: str, name: str, *nics: tuple[str, str, str]) -> ServerState:
    """Build a server from ``(port, network, address)``."""
    places = tuple(
        Nic(port_id=port, network_id=network, ip_addresses=(address,))
        for port, network, address in nics
    )
    return ServerState(id=id, name=name, status="ACTIVE", nics=places)


def _spec(*networks: str) -> ServerSpec:
    return ServerSpec(image="cirros", flavor="m1.tiny", networks=networks)


BLUE = _step("network.blue", KEEP, NetworkSpec(), NetworkState(id="n-1", name="blue"))
GREEN = _step("network.green", CREATE, NetworkSpec())


def _picture(steps: Iterable[Step], found: dict[tuple[str, str], Found] | None = None) -> Picture:
    return plan_picture(KINDS, Plan(scenario="s", steps=tuple(steps), found=found or {}))


def _changes(picture: Picture) -> dict[str, str]:
    return {
        key: remark.change.value
        for key, remark in sorted(picture.remarks.items())
        if remark.change is not Change.KEEP
    }


def test_all_of_an_empty_cloud_is_to_come() -> None:
    """Networks, ranges, routers, their legs and servers, each with its sign."""
    interface = RouterInterfaceSpec(router="hub", subnet="green")
    picture = _picture(
        [
            GREEN,
            _step("subnet.green", CREATE, SubnetSpec(network="green", cidr="10.0.0.0/24")),
            _step("router.hub", CREATE, RouterSpec(connects=("green",))),
            _step("router_interface.hub.green", CREATE, interface),
            _step("server.bob", CREATE, _spec("green")),
        ]
    )
    expected = """
+ green  + 10.0.0.0/24
━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  ├─+ ▣ bob  m1.tiny
  └─+ ◈ hub

5 to create
"""
    assert "\n" + draw(picture) + "\n" == expected
    assert _changes(picture) == {
        "network.green": "create",
        "router.hub": "create",
        "router_interface.hub.green": "create",
        "server.bob": "create",
        "server.bob network.green ": "create",
        "subnet.green": "create",
    }


def test_what_is_deleted_still_stands_in_the_picture() -> None:
    """With the addresses that it has, by the keys that everything else of the scenario has."""
    old = _server("v-1", "old", ("p-1", "n-1", "10.0.0.5"))
    picture = _picture([BLUE, _step("server.old", DELETE, state=old)])
    expected = """
blue
━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  └─- ▣ old  10.0.0.5  ACTIVE

1 to delete
"""
    assert "\n" + draw(picture) + "\n" == expected
    assert _changes(picture) == {
        "server.old": "delete",
        "server.old network.blue p-1": "delete",
    }


def test_a_server_that_gets_another_network_keeps_the_place_that_it_has() -> None:
    """Only the new leg is to come; the one that Nova made has a key, the one asked for has none."""
    alice = _server("v-1", "alice", ("p-1", "n-1", "10.0.0.5"))
    change = Difference(field="networks", have=["blue"], want=["blue", "green"])
    step = _step("server.alice", UPDATE, _spec("blue", "green"), alice, differences=(change,))
    picture = _picture([BLUE, GREEN, step])
    assert _changes(picture) == {
        "network.green": "create",
        "server.alice": "update",
        "server.alice network.green ": "create",
    }
    assert picture.remark("server.alice") == Remark(
        change=Change.UPDATE, lines=('networks: ["blue"] → ["blue", "green"]',)
    )


def test_a_server_that_loses_a_network_keeps_the_other() -> None:
    """The leg that goes is told apart by where it is."""
    green = _step("network.green", KEEP, NetworkSpec(), NetworkState(id="n-2", name="green"))
    alice = _server("v-1", "alice", ("p-1", "n-1", "10.0.0.5"), ("p-2", "n-2", "10.1.0.5"))
    step = _step("server.alice", UPDATE, _spec("blue"), alice)
    assert _changes(_picture([BLUE, green, step])) == {
        "server.alice": "update",
        "server.alice network.green p-2": "delete",
    }


def test_what_the_cloud_has_added_to_something_that_stays_is_no_change() -> None:
    """A NIC that was put in by hand, where the scenario does not manage them, stands unmarked."""
    alice = _server("v-1", "alice", ("p-1", "n-1", "10.0.0.5"), ("p-9", "n-9", "10.9.0.5"))
    picture = _picture([BLUE, _step("server.alice", KEEP, _spec("blue"), alice)])
    assert _changes(picture) == {}
    assert "n-9  of others" in draw(picture)
    assert draw(picture).endswith("nothing changes")


def test_what_is_replaced_stands_once_as_it_will_be() -> None:
    """Its two steps are one change, with the fields that force it and what else does."""
    old = _server("v-1", "alice", ("p-1", "n-1", "10.0.0.5"))
    forced = Difference(field="image", have="a", want="b", in_place=False)
    picture = _picture(
        [
            BLUE,
            _step("server.alice", DELETE, state=old, replaces=True, differences=(forced,)),
            _step("server.alice", CREATE, _spec("blue"), replaces=True, because=BLUE.address),
        ]
    )
    assert picture.remark("server.alice") == Remark(
        change=Change.REPLACE,
        lines=('image: "a" → "b" (forces replacement)', "because network.blue is replaced"),
    )
    expected = """
blue
━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  └─± ▣ alice  m1.tiny

1 to replace
"""
    assert "\n" + draw(picture) + "\n" == expected


def test_a_network_of_others_has_one_bar_and_the_name_that_the_file_has_for_it() -> None:
    """The state knows its id, the spec its name; the plan has found that they are one."""
    hub = _step(
        "router.hub",
        KEEP,
        RouterSpec(external_network="public"),
        _convert(
            RouterState,
            {"id": "r-1", "name": "hub", "external_gateway_info": {"network_id": "n-0"}},
        ),
    )
    picture = _picture([hub], {("network", "public"): Found(id="n-0", name="public")})
    expected = """
public  external
━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  └─◈ hub

nothing changes
"""
    assert "\n" + draw(picture) + "\n" == expected


def test_a_new_interface_of_a_router_that_stays_is_a_new_leg() -> None:
    """Its own step says so; the other legs of the router stay."""
    there = RouterInterfaceState(
        id="r-1/s-1", router_id="r-1", subnet_id="s-1", network_id="n-1", ip_address="10.0.0.1"
    )
    subnet = SubnetState(id="s-1", network_id="n-1", cidr="10.0.0.0/24")
    blue = SubnetSpec(network="blue", cidr="10.0.0.0/24")
    steps = [
        BLUE,
        GREEN,
        _step("subnet.blue", KEEP, blue, subnet),
        _step("subnet.green", CREATE, SubnetSpec(network="green", cidr="10.1.0.0/24")),
        _step("router.hub", KEEP, RouterSpec(), RouterState(id="r-1", name="hub")),
        _step(
            "router_interface.hub.blue",
            KEEP,
            RouterInterfaceSpec(router="hub", subnet="blue"),
            there,
        ),
        _step(
            "router_interface.hub.green", CREATE, RouterInterfaceSpec(router="hub", subnet="green")
        ),
    ]
    expected = """
blue  10.0.0.0/24
━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  └─◈ hub  10.0.0.1 ────────────────────┐
                                        │
+ green  + 10.1.0.0/24                  │
━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ │
  └─+ ◈ hub ────────────────────────────┘

3 to create
"""
    assert "\n" + draw(_picture(steps)) + "\n" == expected


def test_the_groups_of_a_server_that_changes_stay_unless_they_change() -> None:
    """Each NIC has them in the cloud, the server once in the file: that is no difference."""
    there = _server("v-1", "alice", ("p-1", "n-1", "10.0.0.5"), ("p-2", "n-1", "10.0.0.6"))
    nics = tuple(
        msgspec.structs.replace(nic, security_group_ids=("g-1", "g-2")) for nic in there.nics
    )
    there = msgspec.structs.replace(there, nics=nics)
    groups = {
        name: _step(f"security_group.{name}", KEEP, SecurityGroupSpec(), _group(id, name))
        for name, id in (("web", "g-1"), ("old", "g-2"))
    }
    wanted = msgspec.structs.replace(_spec("blue", "blue"), security_groups=("web", "new"))
    new = _step("security_group.new", CREATE, SecurityGroupSpec())
    picture = _picture([BLUE, *groups.values(), new, _step("server.alice", UPDATE, wanted, there)])
    assert _changes(picture) == {
        "p-1 security_group.old": "delete",
        "p-2 security_group.old": "delete",
        "security_group.new": "create",
        "server.alice": "update",
        "server.alice security_group.new": "create",
    }


def test_the_groups_of_a_server_that_goes_do_not_go_with_it() -> None:
    """They are others' as well."""
    there = _server("v-1", "alice", ("p-1", "n-1", "10.0.0.5"))
    nic = msgspec.structs.replace(there.nics[0], security_group_ids=("g-1",))
    group = _step("security_group.web", KEEP, SecurityGroupSpec(), _group("g-1", "web"))
    there = msgspec.structs.replace(there, nics=(nic,))
    picture = _picture([BLUE, group, _step("server.alice", DELETE, state=there)])
    assert _changes(picture) == {
        "server.alice": "delete",
        "server.alice network.blue p-1": "delete",
    }
    assert "[security group web]" in draw(picture)


def test_what_changes_on_a_side_of_something_is_told_of_that() -> None:
    """The rules of a group are no resource of their own for whoever looks at it."""
    group = _step("security_group.web", KEEP, SecurityGroupSpec(), _group("g-1", "web"))
    change = Difference(field="rules", have=[], want=["allow tcp/443"])
    rules = Address("security_group_rules", "web")
    facet = Step(address=rules, action=UPDATE, differences=(change,))
    picture = _picture([group, facet])
    assert picture.remark("security_group.web") == Remark(
        change=Change.UPDATE, lines=('rules: [] → ["allow tcp/443"]',)
    )
    assert (picture.elsewhere, picture.counts) == ((), {Change.UPDATE: 1})


def _group(id: str, name: str) -> SecurityGroupState:
    return SecurityGroupState(id=id, name=name)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_that_is_drawn_says_so_by_keys_that_a_plan_finds(kind: str) -> None:
    """No key of a part has a blank: it stands between the keys of two."""
    identity = {"id": "x", "network_id": "n", "cidr": "c", "router_id": "r", "subnet_id": "s"}
    identity["alias"] = "a"
    state = _convert(KINDS[kind].state, identity)
    for part in KINDS[kind].sketch(state):
        for name in ("key", "bar", "box", "on"):
            assert " " not in getattr(part, name, "")


def _convert(struct: Any, answer: dict[str, Any]) -> Any:
    return msgspec.convert(answer, struct)
