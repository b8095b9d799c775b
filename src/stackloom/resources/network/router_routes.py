# SPDX-License-Identifier: Apache-2.0
"""The static routes of a router: the side of it that requests of their own change.

They come after the legs through which they lead and go before them, for Neutron refuses a next hop
that no leg reaches, and takes no leg away that a route needs (neutron/db/extraroute_db.py,
``_validate_routes_nexthop`` and ``_confirm_router_interface_not_in_use``, 29.0.0). They are added
and removed one by one, so that nobody else's change in between is lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from stackloom.cloud.kind import (
    Call,
    Declaration,
    Difference,
    Ids,
    Kind,
    Listed,
    Reference,
    Spec,
    State,
    differences,
)
from stackloom.cloud.mark import Address, Mark, facet_mark
from stackloom.resources.network._ranges import (
    HostRoute,
    RouteSpec,
    read_address,
    read_range,
    routes_as_neutron_writes,
)
from stackloom.resources.network.router_interface import interfaces


class RouterRoutesSpec(Spec, frozen=True, kw_only=True):
    """The routes of a router; implied by its ``routes``.

    Attributes:
        through: the names of the legs through which they lead.
    """

    router: str
    routes: tuple[RouteSpec, ...]
    through: tuple[str, ...] = ()


class RouterRoutesState(State, frozen=True, kw_only=True):
    """The routes of a router, as the router tells them.

    Attributes:
        id: ``router id/routes``.
        through: the ids of the legs through which they lead.
    """

    router_id: str
    routes: tuple[HostRoute, ...] = ()
    through: tuple[str, ...] = ()


def _derive(listed: Listed) -> list[RouterRoutesState]:
    legs = _legs_with_routes(listed)
    return [
        RouterRoutesState(
            id=f"{router.id}/routes",
            name=router.name,
            description=router.description,
            router_id=router.id,
            routes=router.routes,
            through=tuple(legs.get(router.id, ())),
        )
        for router in listed.get("router", ())
    ]


def _legs_with_routes(listed: Listed) -> dict[str, list[str]]:
    """Return, by router, the ids of the legs whose subnets hold a next hop."""
    hops = {
        router.id: [address for each in router.routes if (address := read_address(each.nexthop))]
        for router in listed.get("router", ())
        if router.routes
    }
    ranges = {subnet.id: read_range(subnet.cidr) for subnet in listed.get("subnet", ())}
    found: dict[str, list[str]] = {}
    for leg in interfaces(listed) if hops else ():
        held = [known for id in leg.subnet_ids if (known := ranges.get(id)) is not None]
        if any(hop in known for known in held for hop in hops.get(leg.router_id, ())):
            found.setdefault(leg.router_id, []).append(leg.id)
    return found


def _mark(state: RouterRoutesState, _listed: Listed) -> Mark | None:
    return facet_mark(state.description, owner="router", kind="router_routes")


def _references(spec: RouterRoutesSpec) -> Iterator[Reference]:
    yield Reference(kind="router", name=spec.router, place=("router",))
    for index, name in enumerate(spec.through):
        yield Reference(kind="router_interface", name=name, place=("through", index))


def _compare(
    _address: Address, spec: RouterRoutesSpec, state: RouterRoutesState, _mark: Mark, _ids: Ids
) -> Iterator[Difference]:
    have = routes_as_neutron_writes(state.routes)
    want = routes_as_neutron_writes(spec.routes)
    return differences([("routes", have, want, True)])


def _update(state: RouterRoutesState, changes: Sequence[Difference]) -> Iterator[Call]:
    """Remove what is too much, then add what is missing.

    Source: neutron_lib/api/definitions/extraroute_atomic.py, 2026.2.
    """
    for change in changes:
        have, want = _plain(change.have), _plain(change.want)
        for action, routes in (
            ("remove", [each for each in have if each not in want]),
            ("add", [each for each in want if each not in have]),
        ):
            if routes:
                path = f"/v2.0/routers/{state.router_id}/{action}_extraroutes"
                yield Call(method="PUT", path=path, body={"router": {"routes": routes}})


def _plain(routes: object) -> list[Any]:
    assert isinstance(routes, list), "routes are compared as lists"
    return routes


def _delete(state: RouterRoutesState) -> Call:
    path = f"/v2.0/routers/{state.router_id}"
    return Call(method="PUT", path=path, body={"router": {"routes": []}})


KIND = Kind(
    name="router_routes",
    plural="router_route_sets",
    service="network",
    path="/v2.0/routers",
    state=RouterRoutesState,
    has_own_list=False,
    derive=_derive,
    derived_from=("router", "port", "subnet"),
    mark=_mark,
    declaration=Declaration(
        spec=RouterRoutesSpec,
        references=_references,
        compare=_compare,
        update=lambda state, changes: list(_update(state, changes)),
        delete=_delete,
        needs=lambda state: [state.router_id, *state.through],
        facet_of="router",
        at_rest=lambda state: not state.routes,
        lane=lambda spec: f"router.{spec.router}",
        delete_lane=lambda state: f"router.{state.router_id}",
    ),
)
