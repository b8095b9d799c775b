# SPDX-License-Identifier: Apache-2.0
"""A subnet pool of Neutron: ranges from which subnets are cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network, collapse_addresses
from itertools import pairwise
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import (
    Body,
    Call,
    Column,
    Declaration,
    Declared,
    Difference,
    Fault,
    Ids,
    Kind,
    Names,
    Reference,
    Requirement,
    Spec,
    State,
    differences,
)
from stackloom.cloud.mark import Address, Mark, without_mark
from stackloom.cloud.sketch import Badge, Part
from stackloom.resources.network._adoption import by_description
from stackloom.resources.network._ranges import overlapping, range_faults, read_range
from stackloom.resources.network.address_scope import AddressScopeSpec
from stackloom.resources.network.subnet import SubnetSpec


class SubnetPoolSpec(Spec, frozen=True, kw_only=True):
    """A subnet pool: ranges from which subnets are cut.

    Attributes:
        prefixes: the ranges, all of one family; more can be added in place, none taken away.
        default_prefixlen: how long the range of a subnet is that does not say it.
        min_prefixlen, max_prefixlen: what a subnet may ask for.
        default_quota: how much of it one project may use: addresses of IPv4, /64s of IPv6.
        address_scope: the scope inside which its ranges are unique, of the scenario or of the
            cloud; ``null`` for none.
        shared: usable by every project; for administrators; another one makes another pool.
        is_default: what subnets without a pool are cut from; for administrators.
    """

    prefixes: tuple[str, ...]
    description: str = ""
    default_prefixlen: int | UnsetType = UNSET
    min_prefixlen: int | UnsetType = UNSET
    max_prefixlen: int | UnsetType = UNSET
    default_quota: int | UnsetType = UNSET
    address_scope: str | UnsetType | None = UNSET
    shared: bool | UnsetType = UNSET
    is_default: bool | UnsetType = UNSET


class NewSubnetPool(Body, frozen=True, kw_only=True):
    """What can be said when a subnet pool is made; ``shared`` and ``is_default`` by administrators.

    Source: neutron_lib/api/definitions/{subnetpool,address_scope}.py, 2026.2.
    """

    name: str
    prefixes: tuple[str, ...]
    description: str | UnsetType = UNSET
    default_prefixlen: int | UnsetType = UNSET
    min_prefixlen: int | UnsetType = UNSET
    max_prefixlen: int | UnsetType = UNSET
    default_quota: int | UnsetType = UNSET
    address_scope_id: str | UnsetType | None = UNSET
    shared: bool | UnsetType = UNSET
    is_default: bool | UnsetType = UNSET
    project_id: str | UnsetType = UNSET


class SubnetPoolChange(Body, frozen=True, kw_only=True):
    """What can be changed of a subnet pool; prefixes are added, never taken away, by Neutron."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    prefixes: tuple[str, ...] | UnsetType = UNSET
    default_prefixlen: int | UnsetType = UNSET
    min_prefixlen: int | UnsetType = UNSET
    max_prefixlen: int | UnsetType = UNSET
    default_quota: int | UnsetType = UNSET
    address_scope_id: str | UnsetType | None = UNSET
    is_default: bool | UnsetType = UNSET


class SubnetPoolState(State, frozen=True, kw_only=True):
    """What Neutron tells of a subnet pool."""

    prefixes: tuple[str, ...] = ()
    ip_version: int = 4
    default_prefixlen: int | None = None
    min_prefixlen: int | None = None
    max_prefixlen: int | None = None
    default_quota: int | None = None
    address_scope_id: str | None = None
    shared: bool = False
    is_default: bool = False
    project_id: str = ""
    tags: tuple[str, ...] = ()
    created_at: str = ""
    updated_at: str = ""
    revision_number: int | None = None


# Neutron writes lengths as texts (neutron/db/db_base_plugin_common.py,
# ``_make_subnetpool_dict``, 29.0.0).
_LENGTHS = ("default_prefixlen", "min_prefixlen", "max_prefixlen")
_IN_ORDER = ("min_prefixlen", "default_prefixlen", "max_prefixlen")


def _reshape(answer: dict[str, Any]) -> dict[str, Any]:
    lengths = {name: int(answer[name]) for name in _LENGTHS if answer.get(name) is not None}
    return {**answer, **lengths}


def _faults(spec: SubnetPoolSpec) -> Iterator[Fault]:
    if not spec.prefixes:
        message = "a pool needs a range to cut from"
        yield Fault(place=("prefixes",), message=message, hint="prefixes: [10.0.0.0/16]")
    for index, prefix in enumerate(spec.prefixes):
        yield from range_faults(prefix, ("prefixes", index))
    families = {known.version for each in spec.prefixes if (known := read_range(each)) is not None}
    if len(families) > 1:
        yield Fault(place=("prefixes",), message="the ranges of a pool are of one family")
    lengths = {name: getattr(spec, name) for name in _LENGTHS}
    known_lengths = [name for name in _IN_ORDER if isinstance(lengths[name], int)]
    for shorter, longer in pairwise(known_lengths):
        if lengths[shorter] > lengths[longer]:
            message = f"{longer} {lengths[longer]} is less than {shorter} {lengths[shorter]}"
            yield Fault(place=(longer,), message=message)


def _faults_together(declared: Declared) -> Iterator[tuple[Address, Fault]]:
    """Check that pools of one scope do not overlap, and that those who see a pool see its scope."""
    yield from _mixed_pools(declared)
    by_scope: dict[str, list[Address]] = {}
    for address, spec in declared.items():
        if isinstance(spec, SubnetPoolSpec) and spec.address_scope:
            by_scope.setdefault(spec.address_scope, []).append(address)
            scope = declared.get(Address("address_scope", spec.address_scope))
            if spec.shared is True and isinstance(scope, AddressScopeSpec) and not scope.shared:
                # neutron/objects/subnetpool.py, ``validate_rbac_policy_create``, 29.0.0.
                message = f'a shared pool needs a shared scope, and "{spec.address_scope}" is none'
                yield address, Fault(place=("shared",), message=message)
    for name_of_scope, pools in by_scope.items():
        ranges = [
            (known, pool.name)
            for pool in pools
            if isinstance(spec := declared[pool], SubnetPoolSpec)
            for prefix in spec.prefixes
            if (known := read_range(prefix)) is not None
        ]
        for (cidr, name), (other, other_name) in overlapping(ranges):
            if name != other_name:
                message = (
                    f'{other} overlaps {cidr} of pool "{name}", also in scope "{name_of_scope}"'
                )
                yield (
                    Address("subnet_pool", other_name),
                    Fault(place=("prefixes",), message=message),
                )


def _mixed_pools(declared: Declared) -> Iterator[tuple[Address, Fault]]:
    """Check that the subnets of a network and family are all cut from one pool, or none is.

    Pools of one scope may be mixed.

    Source: neutron/db/ipam_backend_mixin.py, ``_validate_network_subnetpools``, 29.0.0.
    """
    first: dict[tuple[str, int], tuple[str, SubnetSpec]] = {}
    for address, spec in declared.items():
        if not isinstance(spec, SubnetSpec):
            continue
        name, other = first.setdefault((spec.network, spec.version), (address.name, spec))
        if _is_mixed(spec, other, declared):
            message = f'subnet "{name}" of network "{spec.network}" is {_origin(other)},'
            message += f" and this one {_origin(spec)}"
            field = "subnet_pool" if spec.subnet_pool else "cidr"
            hint = "all of a network and family come from one pool, or from one address scope"
            yield address, Fault(place=(field,), message=message, hint=hint)


def _origin(spec: SubnetSpec) -> str:
    if spec.subnet_pool:
        return f'cut from pool "{spec.subnet_pool}"'
    return "cut from the default pool" if spec.use_default_subnetpool else "from no pool"


def _is_mixed(spec: SubnetSpec, other: SubnetSpec, declared: Declared) -> bool:
    if spec.is_from_pool != other.is_from_pool:
        return True
    pools = [declared.get(Address("subnet_pool", each.subnet_pool)) for each in (spec, other)]
    scopes = {pool.address_scope or "" for pool in pools if isinstance(pool, SubnetPoolSpec)}
    is_known = all(isinstance(pool, SubnetPoolSpec) for pool in pools)
    return is_known and spec.subnet_pool != other.subnet_pool and (len(scopes) > 1 or "" in scopes)


def _references(spec: SubnetPoolSpec) -> Iterator[Reference]:
    if isinstance(spec.address_scope, str):
        place = ("address_scope",)
        yield Reference(
            kind="address_scope", name=spec.address_scope, place=place, declared=False, rebinds=True
        )


def _requires(spec: SubnetPoolSpec) -> Iterator[Requirement]:
    yield Requirement(place=(), extension="subnet_allocation")
    if spec.address_scope is not UNSET:
        yield Requirement(place=("address_scope",), extension="address-scope")
    # neutron/conf/policies/subnetpool.py, 29.0.0.
    for field in ("shared", "is_default"):
        if getattr(spec, field) is True:
            yield Requirement(place=(field,), admin=True)


def _wanted(address: Address, spec: SubnetPoolSpec, mark: Mark, ids: Ids) -> dict[str, Any]:
    """Return what can be changed afterwards as well, ranges apart."""
    fields: dict[str, Any] = {
        "name": address.name,
        "description": mark.beside(spec.description),
        "default_prefixlen": spec.default_prefixlen,
        "min_prefixlen": spec.min_prefixlen,
        "max_prefixlen": spec.max_prefixlen,
        "default_quota": spec.default_quota,
        "address_scope_id": spec.address_scope and ids("address_scope", spec.address_scope),
        "is_default": spec.is_default,
    }
    return {name: value for name, value in fields.items() if value is not UNSET}


def _create(address: Address, spec: SubnetPoolSpec, mark: Mark, ids: Ids) -> Call:
    body = {"prefixes": _merged(spec.prefixes), **_wanted(address, spec, mark, ids)}
    if spec.shared is not UNSET:
        body["shared"] = spec.shared
    return Call(method="POST", path="/v2.0/subnetpools", body={"subnetpool": body})


def _made(answer: Mapping[str, Any], _call: Call) -> SubnetPoolState:
    return msgspec.convert(_reshape(answer["subnetpool"]), SubnetPoolState)


def _merged(prefixes: Iterable[str]) -> list[str]:
    """Return ranges as Neutron keeps them: neighbours made one, in order.

    Source: neutron/ipam/subnet_alloc.py, ``_compact_subnetpool_prefix_list``, 29.0.0.
    """
    known = [parsed for each in prefixes if (parsed := read_range(each)) is not None]
    old = [each for each in known if isinstance(each, IPv4Network)]
    new = [each for each in known if isinstance(each, IPv6Network)]
    return [str(each) for each in (*collapse_addresses(old), *collapse_addresses(new))]


def _compare(
    address: Address, spec: SubnetPoolSpec, state: SubnetPoolState, mark: Mark, ids: Ids
) -> Iterator[Difference]:
    have, want = _merged(state.prefixes), _merged(spec.prefixes)
    # Neutron adds ranges and takes none away (neutron/db/db_base_plugin_v2.py,
    # ``_update_subnetpool_prefixes``, 29.0.0).
    is_more = _merged([*have, *want]) == want
    yield from differences(
        [
            ("prefixes", have, want, is_more),
            ("shared", state.shared, spec.shared, False),
        ]
    )
    wanted = _wanted(address, spec, mark, ids)
    yield from differences(
        (field, getattr(state, field), want, True) for field, want in wanted.items()
    )


def _capture(state: SubnetPoolState, names: Names) -> Mapping[str, Any]:
    width = 32 if state.ip_version == 4 else 128
    # neutron/db/db_base_plugin_v2.py, ``create_subnetpool``, and neutron_lib/constants.py, 2026.2.
    shortest = 8 if state.ip_version == 4 else 64
    entry: dict[str, Any] = {
        "prefixes": list(state.prefixes),
        "description": without_mark(state.description) or UNSET,
        "default_prefixlen": state.default_prefixlen or UNSET,
        "min_prefixlen": UNSET if state.min_prefixlen in {None, shortest} else state.min_prefixlen,
        "max_prefixlen": UNSET if state.max_prefixlen in {None, width} else state.max_prefixlen,
        "default_quota": UNSET if state.default_quota is None else state.default_quota,
        "shared": state.shared or UNSET,
        "is_default": state.is_default or UNSET,
    }
    if entry["default_prefixlen"] == (state.min_prefixlen or shortest):
        entry["default_prefixlen"] = UNSET
    if scope := state.address_scope_id:
        entry["address_scope"] = names("address_scope", scope) or names.outside(
            "address_scope", scope
        )
    return {name: value for name, value in entry.items() if value is not UNSET}


def _sketch_spec(address: Address, spec: SubnetPoolSpec, _declared: Declared) -> Iterator[Part]:
    note = ", ".join(spec.prefixes)
    yield Badge(on="", key=str(address), sort="subnet_pool", label=address.name, note=note)


def _sketch(state: SubnetPoolState) -> Iterator[Part]:
    note = ", ".join(state.prefixes)
    label = state.name or state.id
    yield Badge(on="", key=state.id, sort="subnet_pool", label=label, note=note)


KIND = Kind(
    name="subnet_pool",
    plural="subnetpools",
    key="subnetpool",
    service="network",
    path="/v2.0/subnetpools",
    state=SubnetPoolState,
    new=NewSubnetPool,
    change=SubnetPoolChange,
    project_query="project_id",
    reshape=_reshape,
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="Prefixes", value=lambda state: list(state.prefixes)),
    ),
    long_columns=(
        Column(title="Default Prefix Length", value=lambda state: state.default_prefixlen),
        Column(title="Address Scope", value=lambda state: state.address_scope_id),
        Column(title="Default Subnet Pool", value=lambda state: state.is_default),
        Column(title="Shared", value=lambda state: state.shared),
        Column(title="Tags", value=lambda state: list(state.tags)),
    ),
    declaration=Declaration(
        spec=SubnetPoolSpec,
        section="subnet_pools",
        references=_references,
        faults=_faults,
        faults_together=_faults_together,
        create=_create,
        made=_made,
        compare=_compare,
        needs=lambda state: filter(None, [state.address_scope_id]),
        requires=_requires,
        consumes=lambda _spec, _ids: {"network.subnetpool": 1},
        adopt=by_description("subnetpool", "/v2.0/subnetpools"),
        capture=_capture,
        sketch=_sketch_spec,
    ),
    sketch=_sketch,
)
