# SPDX-License-Identifier: Apache-2.0
"""An address group of Neutron: ranges that rules of security groups name together."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State


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
)
