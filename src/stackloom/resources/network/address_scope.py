# SPDX-License-Identifier: Apache-2.0
"""An address scope of Neutron: subnet pools whose addresses never overlap.

It has no description; so its mark stands in its name, behind the person's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import (
    Body,
    Call,
    Column,
    Declaration,
    Declared,
    Difference,
    Ids,
    Kind,
    Listed,
    Names,
    Requirement,
    Spec,
    State,
    differences,
)
from stackloom.cloud.mark import Address, Mark, read_mark, without_mark
from stackloom.cloud.sketch import Badge, Part


class AddressScopeSpec(Spec, frozen=True, kw_only=True):
    """An address scope. In the cloud the mark stands in its name, for it has no description.

    Attributes:
        ip_version: 4 or 6; another one makes another scope.
        shared: usable by every project, and from then on; for administrators.
    """

    ip_version: Literal[4, 6]
    shared: bool | UnsetType = UNSET


class NewAddressScope(Body, frozen=True, kw_only=True):
    """What can be said when an address scope is made; ``shared`` by administrators.

    Source: neutron_lib/api/definitions/address_scope.py, 2026.2.
    """

    name: str
    ip_version: int
    shared: bool | UnsetType = UNSET
    project_id: str | UnsetType = UNSET


class AddressScopeChange(Body, frozen=True, kw_only=True):
    """What can be changed of an address scope."""

    name: str | UnsetType = UNSET
    shared: bool | UnsetType = UNSET


class AddressScopeState(State, frozen=True, kw_only=True):
    """What Neutron tells of an address scope."""

    ip_version: int = 4
    shared: bool = False
    project_id: str = ""


def _mark(state: AddressScopeState, _listed: Listed) -> Mark | None:
    return read_mark(state.name)


def _wanted(address: Address, spec: AddressScopeSpec, mark: Mark) -> dict[str, Any]:
    fields = {"name": mark.beside(address.name), "shared": spec.shared}
    return {name: value for name, value in fields.items() if value is not UNSET}


def _create(address: Address, spec: AddressScopeSpec, mark: Mark, _ids: Ids) -> Call:
    body = {**_wanted(address, spec, mark), "ip_version": spec.ip_version}
    return Call(method="POST", path="/v2.0/address-scopes", body={"address_scope": body})


def _compare(
    address: Address, spec: AddressScopeSpec, state: AddressScopeState, mark: Mark, _ids: Ids
) -> Iterator[Difference]:
    wanted = _wanted(address, spec, mark)
    yield from differences([("ip_version", state.ip_version, spec.ip_version, False)])
    # Neutron takes sharing back from no scope (neutron/db/address_scope_db.py,
    # ``update_address_scope``, 29.0.0).
    can_change = {"name": True, "shared": not state.shared}
    yield from differences(
        (field, getattr(state, field), want, can_change[field]) for field, want in wanted.items()
    )


def _requires(spec: AddressScopeSpec) -> Iterator[Requirement]:
    yield Requirement(place=(), extension="address-scope")
    if spec.shared is True:
        # neutron/conf/policies/address_scope.py, ``create_address_scope:shared``, 29.0.0.
        yield Requirement(place=("shared",), admin=True)


def _adopt(state: AddressScopeState, mark: Mark) -> Call:
    body = {"address_scope": {"name": mark.beside(without_mark(state.name))}}
    return Call(method="PUT", path=f"/v2.0/address-scopes/{state.id}", body=body)


def _capture(state: AddressScopeState, _names: Names) -> Mapping[str, Any]:
    return {"ip_version": state.ip_version, **({"shared": True} if state.shared else {})}


def _sketch_spec(address: Address, spec: AddressScopeSpec, _declared: Declared) -> Iterator[Part]:
    note = f"IPv{spec.ip_version}"
    yield Badge(on="", key=str(address), sort="address_scope", label=address.name, note=note)


def _sketch(state: AddressScopeState) -> Iterator[Part]:
    label = without_mark(state.name) or state.id
    note = f"IPv{state.ip_version}"
    yield Badge(on="", key=state.id, sort="address_scope", label=label, note=note)


KIND = Kind(
    name="address_scope",
    plural="address_scopes",
    service="network",
    path="/v2.0/address-scopes",
    state=AddressScopeState,
    new=NewAddressScope,
    change=AddressScopeChange,
    project_query="project_id",
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="IP Version", value=lambda state: state.ip_version),
        Column(title="Shared", value=lambda state: state.shared),
        Column(title="Project", value=lambda state: state.project_id),
    ),
    mark=_mark,
    declaration=Declaration(
        spec=AddressScopeSpec,
        section="address_scopes",
        create=_create,
        compare=_compare,
        requires=_requires,
        adopt=_adopt,
        capture=_capture,
        sketch=_sketch_spec,
    ),
    sketch=_sketch,
)
