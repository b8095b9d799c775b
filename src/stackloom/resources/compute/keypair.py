# SPDX-License-Identifier: Apache-2.0
"""A key pair of Nova: a public key that servers let in. It belongs to the user, not the project."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from stackloom.cloud.kind import Body, Column, Kind, State


class NewKeypair(Body, frozen=True, kw_only=True):
    """What can be said when a key pair is made; from 2.92 on Nova generates none itself.

    Source: nova/api/openstack/compute/schemas/keypairs.py, ``create_v292``, 34.0.0.
    """

    name: str
    public_key: str
    type: str | UnsetType = UNSET
    user_id: str | UnsetType = UNSET


class KeypairState(State, frozen=True, kw_only=True):
    """What Nova tells of a key pair; its name is its id."""

    fingerprint: str = ""
    type: str = "ssh"
    public_key: str = ""
    user_id: str = ""
    created_at: str | None = None


def _with_id(answer: Any) -> Any:
    """Read ``{"keypair": {...}}``, as lists have it, and leave the database's number out.

    Source: nova/api/openstack/compute/views/keypairs.py, 34.0.0.
    """
    fields = answer.get("keypair", answer)
    return {**fields, "id": fields["name"]}


KIND = Kind(
    name="keypair",
    plural="keypairs",
    service="compute",
    path="/v2.1/os-keypairs",
    state=KeypairState,
    new=NewKeypair,
    # 2.10 lets administrators name a user; 2.2 tells the type.
    microversion="2.10",
    newest_microversion="2.104",
    # Names are ids.
    has_name=False,
    reshape=_with_id,
    columns=(
        Column(title="Name", value=lambda state: state.name),
        Column(title="Fingerprint", value=lambda state: state.fingerprint),
        Column(title="Type", value=lambda state: state.type),
    ),
)
