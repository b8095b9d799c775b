# SPDX-License-Identifier: Apache-2.0
"""An address group of Neutron: ranges that rules of security groups name together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from ipaddress import ip_interface, ip_network
from typing import Any

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
    Requirement,
    Spec,
    State,
    differences,
)
from stackloom.cloud.mark import Address, Mark, without_mark
from stackloom.cloud.sketch import Badge, Part
from stackloom.resources.network._adoption import by_description

# A value that only the cloud knows, such as ``${server.web.address}``.
_LATE = "${"


class AddressGroupSpec(Spec, frozen=True, kw_only=True):
    """An address group: rules of security groups name it with ``{address_group: NAME}``.

    Attributes:
        addresses: ranges and single addresses, of both families.
    """

    description: str = ""
    addresses: tuple[str, ...] = ()


class NewAddressGroup(Body, frozen=True, kw_only=True):
    """What can be said when an address group is made.

    Source: neutron_lib/api/definitions/address_group.py, 2026.2.
    """

    name: str
    description: str | UnsetType = UNSET
    addresses: tuple[str, ...] | UnsetType = UNSET
    project_id: str | UnsetType = UNSET


class AddressGroupChange(Body, frozen=True, kw_only=True):
    """What can be changed of an address group; addresses go to paths of their own.

    Source: neutron_lib/api/definitions/address_group.py, ``ACTION_STATUS``: ``add_addresses`` and
    ``remove_addresses``, 2026.2.
    """

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET


class AddressGroupState(State, frozen=True, kw_only=True):
    """What Neutron tells of an address group."""

    addresses: tuple[str, ...] = ()
    shared: bool = False
    project_id: str = ""
    created_at: str = ""
    updated_at: str = ""
    revision_number: int | None = None


def _faults(spec: AddressGroupSpec) -> Iterator[Fault]:
    """Check the addresses.

    Source: neutron_lib/api/definitions/address_group.py, ``type:subnet_list``, 2026.2: host bits
    are refused.
    """
    for index, text in enumerate(spec.addresses):
        if _LATE in text:
            continue
        place = ("addresses", index)
        try:
            interface = ip_interface(text)
        except ValueError:
            message = f'"{text}" is neither an address nor a range'
            yield Fault(place=place, message=message, hint="such as 10.0.0.0/24")
            continue
        if interface.ip != interface.network.network_address:
            hint = f"{interface.network} is meant?"
            yield Fault(place=place, message=f'"{text}" has host bits set', hint=hint)


def _written(addresses: Iterable[str]) -> list[str]:
    """Return ranges as Neutron writes them, each once; their order means nothing."""
    written = {text if _is_unknown(text) else str(ip_network(text)) for text in addresses}
    return sorted(written)


def _is_unknown(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return True
    return False


def _create(address: Address, spec: AddressGroupSpec, mark: Mark, _ids: Ids) -> Call:
    body = {
        "name": address.name,
        "description": mark.beside(spec.description),
        "addresses": _written(spec.addresses),
    }
    return Call(method="POST", path="/v2.0/address-groups", body={"address_group": body})


def _compare(
    address: Address, spec: AddressGroupSpec, state: AddressGroupState, mark: Mark, _ids: Ids
) -> Iterable[Difference]:
    return differences(
        [
            ("name", state.name, address.name, True),
            ("description", state.description, mark.beside(spec.description), True),
            ("addresses", _written(state.addresses), _written(spec.addresses), True),
        ]
    )


def _update(state: AddressGroupState, changes: Sequence[Difference]) -> Iterator[Call]:
    """Name and description go by PUT; addresses are added, then removed, each as a whole."""
    path = f"/v2.0/address-groups/{state.id}"
    fields = {change.field: change.want for change in changes}
    wanted = fields.pop("addresses", None)
    if fields:
        yield Call(method="PUT", path=path, body={"address_group": fields})
    if isinstance(wanted, list):
        have = _written(state.addresses)
        added = [each for each in wanted if each not in have]
        removed = [each for each in have if each not in wanted]
        for verb, addresses in (("add", added), ("remove", removed)):
            if addresses:
                body = {"addresses": addresses}
                yield Call(method="PUT", path=f"{path}/{verb}_addresses", body=body)


def _capture(state: AddressGroupState, _names: Names) -> Mapping[str, Any]:
    entry = {
        "description": without_mark(state.description),
        "addresses": _written(state.addresses),
    }
    return {name: value for name, value in entry.items() if value}


def _badge(key: str, label: str, addresses: tuple[str, ...]) -> Badge:
    return Badge(on="", key=key, sort="address_group", label=label, details=addresses)


def _sketch(state: AddressGroupState) -> Iterator[Part]:
    yield _badge(state.id, state.name or state.id, state.addresses)


def _sketch_spec(address: Address, spec: AddressGroupSpec, _declared: Declared) -> Iterator[Part]:
    yield _badge(str(address), address.name, spec.addresses)


KIND = Kind(
    name="address_group",
    plural="address_groups",
    service="network",
    path="/v2.0/address-groups",
    state=AddressGroupState,
    new=NewAddressGroup,
    change=AddressGroupChange,
    project_query="project_id",
    columns=(
        Column(title="ID", value=lambda state: state.id),
        Column(title="Name", value=lambda state: state.name),
        Column(title="Description", value=lambda state: state.description),
        Column(title="Project", value=lambda state: state.project_id),
        Column(title="Addresses", value=lambda state: list(state.addresses)),
    ),
    declaration=Declaration(
        spec=AddressGroupSpec,
        section="address_groups",
        faults=_faults,
        requires=lambda _spec: [Requirement(place=(), extension="address-group")],
        create=_create,
        compare=_compare,
        update=lambda state, changes: list(_update(state, changes)),
        adopt=by_description("address_group", "/v2.0/address-groups"),
        capture=_capture,
        sketch=_sketch_spec,
    ),
    sketch=_sketch,
)
