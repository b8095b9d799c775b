# SPDX-License-Identifier: Apache-2.0
"""``router``: routers, their legs on subnets, their gateways and routes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stackloom.cli.command import Command, Group
from stackloom.cli.fields import (
    NEW_TAGS,
    SET_TAGS,
    TAG_FILTERS,
    UNSET_TAGS,
    Field,
    Join,
    added,
    named,
    objects,
    pair,
    several,
    switch,
    text,
    without,
)
from stackloom.cli.kind_commands import (
    create_command,
    delete_command,
    list_command,
    put_command,
    set_command,
    show_command,
    unset_command,
)
from stackloom.errors import UsageError

if TYPE_CHECKING:
    from stackloom.cloud.kind import Kind

_KIND = "network.router"
_GATEWAY = "external_gateway_info"


def _routes(field: str, help: str, *, join: Join | None = None) -> Field:
    return objects(
        "--route",
        field,
        help,
        {"destination": "destination", "gateway": "nexthop"},
        required=["destination", "gateway"],
        join=join,
    )


def _addresses(field: str) -> Field:
    return objects(
        "--fixed-ip",
        field,
        "its address at the gateway's network (administrators)",
        {"subnet": "subnet_id", "ip-address": "ip_address"},
        refers={"subnet": "network.subnet"},
    )


_BOTH = (
    text("--description", "description", "for people"),
    pair("--enable", "--disable", "admin_state_up", "let it carry traffic"),
    named(
        "--external-gateway", f"{_GATEWAY}.network_id", "network.network", "the network behind it"
    ),
    _addresses(f"{_GATEWAY}.external_fixed_ips"),
    pair(
        "--enable-snat",
        "--disable-snat",
        f"{_GATEWAY}.enable_snat",
        "hide the inside behind its address (administrators)",
    ),
    named(
        "--qos-policy",
        f"{_GATEWAY}.qos_policy_id",
        "network.qos_policy",
        "the policy at its gateway",
    ),
    pair("--distributed", "--centralized", "distributed", "spread it over hosts (administrators)"),
    pair("--ha", "--no-ha", "ha", "keep it up when a host fails (administrators)"),
    pair("--enable-ndp-proxy", "--disable-ndp-proxy", "enable_ndp_proxy", "answer NDP for IPv6"),
    pair(
        "--enable-default-route-bfd",
        "--disable-default-route-bfd",
        "enable_default_route_bfd",
        "watch its default routes",
    ),
    pair(
        "--enable-default-route-ecmp",
        "--disable-default-route-ecmp",
        "enable_default_route_ecmp",
        "spread traffic over its default routes",
    ),
)
_CREATE = (
    *_BOTH,
    several(
        "--availability-zone-hint",
        "availability_zone_hints",
        "where it should be; repeatable",
        metavar="ZONE",
    ),
    text("--flavor-id", "flavor_id", "id of a network flavor", metavar="ID"),
    named("--project", "project_id", "identity.project", "whose it is (administrators)"),
    *NEW_TAGS,
)
_SET = (
    text("--name", "name", "a new name"),
    *_BOTH,
    switch(
        "--no-qos-policy",
        f"{_GATEWAY}.qos_policy_id",
        "without a policy at its gateway",
        value=None,
    ),
    switch("--no-route", "routes", "forget the routes it has", value=[]),
    _routes("routes", "a route to add", join=added),
    *SET_TAGS,
)
_UNSET = (
    _routes("routes", "a route to take away", join=without),
    switch(
        "--qos-policy",
        f"{_GATEWAY}.qos_policy_id",
        "leave its gateway without a policy",
        value=None,
    ),
    switch("--external-gateway", _GATEWAY, "leave it without a gateway", value=None),
    *UNSET_TAGS,
)
_FILTERS = (
    text("--name", "name", "with exactly this name"),
    switch("--enable", "admin_state_up", "only enabled ones"),
    switch("--disable", "admin_state_up", "only disabled ones", value=False),
    named("--project", "project_id", "identity.project", "of this project"),
    *TAG_FILTERS,
)
_PLACES = (text("--agent", "agent", "that this L3 agent carries, by id", metavar="AGENT"),)


def _elsewhere(kind: Kind[Any], given: Mapping[str, Any]) -> Kind[Any]:
    """Source: neutron/extensions/l3agentscheduler.py, 29.0.0."""
    if "agent" not in given:
        return kind
    from stackloom.cli.identity import at

    return at(kind, f"/v2.0/agents/{given['agent']}/l3-routers")


def _complete(body: dict[str, Any], have: Mapping[str, Any]) -> None:
    """Name the gateway's network, without which Neutron takes nothing else about it.

    Raises:
        UsageError: something about a gateway was given, and there is none.
    """
    gateway = body.get(_GATEWAY)
    if gateway and "network_id" not in gateway:
        network_id = (have.get(_GATEWAY) or {}).get("network_id")
        if not network_id:
            raise UsageError(
                "the router has no gateway to say that of",
                hint="name its network with --external-gateway",
            )
        gateway["network_id"] = network_id


def _interface(verb: str, noun: str, help: str) -> Command:
    """Return a command for a leg of a router: on a subnet, or by a port."""
    field = named(noun, f"{noun}_id", f"network.{noun}", "name or id")
    return put_command(f"{verb} {noun}", help, _KIND, f"{verb}_router_interface", (field,))


def _extra_routes(verb: str, help: str) -> Command:
    """Return a command for some of its routes, which leaves the others alone.

    Source: neutron_lib/api/definitions/extraroute_atomic.py, 2026.2.
    """
    field = _routes("router.routes", "a route")
    return put_command(
        f"{verb} route",
        help,
        _KIND,
        f"{verb}_extraroutes",
        (field,),
        shows=True,
        extension="extraroute-atomic",
    )


def _gateways(verb: str, help: str) -> Command:
    """Return a command for one of several gateways.

    Source: neutron_lib/api/definitions/l3_ext_gw_multihoming.py, 2026.2: it takes lists alone.
    """
    network = named("network", "network_id", "network.network", "name or id")
    return put_command(
        f"{verb} gateway",
        help,
        _KIND,
        f"{verb}_external_gateways",
        (network, _addresses("external_fixed_ips")),
        shape=lambda body: {"router": {"external_gateways": [body]}},
        extension="external-gateway-multihoming",
        shows=True,
    )


GROUP = Group(
    help="Routers",
    commands=(
        list_command(_KIND, _FILTERS, places=_PLACES, elsewhere=_elsewhere),
        show_command(_KIND),
        create_command(_KIND, _CREATE, complete=_complete),
        set_command(_KIND, _SET, complete=_complete),
        unset_command(_KIND, _UNSET, complete=_complete),
        delete_command(_KIND),
        _interface("add", "subnet", "Put a router on a subnet"),
        _interface("remove", "subnet", "Take a router off a subnet"),
        _interface("add", "port", "Give a port to a router"),
        _interface("remove", "port", "Take a port away from a router"),
        _extra_routes("add", "Add static routes to a router"),
        _extra_routes("remove", "Take static routes away from a router"),
        _gateways("add", "Add a gateway to a router"),
        _gateways("remove", "Take a gateway away from a router"),
    ),
)
