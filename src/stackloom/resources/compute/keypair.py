# SPDX-License-Identifier: Apache-2.0
"""A key pair of Nova: a public key that servers let in. It belongs to the user, not the project.

Its mark is in the comment of the public key, the only words of a person's that Nova keeps of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
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
    Spec,
    State,
    differences,
)
from stackloom.cloud.mark import Address, Mark, read_mark, without_mark
from stackloom.cloud.sketch import Badge, Part

# RFC 4253, 6.6: the type, then the key in base64; what follows is a comment.
_PUBLIC_KEY = re.compile(r"[a-z0-9@.-]+ +[A-Za-z0-9+/]+={0,2}( .*)?")


class KeypairSpec(Spec, frozen=True, kw_only=True):
    """A key pair, of which the cloud gets the public half; to change it replaces it.

    Attributes:
        public_key: one line as ``ssh-keygen`` writes it; ``${file("~/.ssh/id_ed25519.pub")}`` reads
            it from there.
    """

    public_key: str = ""


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


def _faults(spec: KeypairSpec) -> Iterator[Fault]:
    place = ("public_key",)
    if not spec.public_key:
        yield Fault(
            place=place,
            message="a key pair needs a public key: Nova generates none from microversion 2.92 on",
            hint='make one with ssh-keygen; its public half: ${file("~/.ssh/id_ed25519.pub")}',
        )
    elif "PRIVATE KEY" in spec.public_key:
        yield Fault(
            place=place,
            message="this is a private key, which must not leave your machine",
            hint="the public half stands in the file beside it that ends with .pub",
        )
    elif not _PUBLIC_KEY.fullmatch(spec.public_key.strip()):
        message = "this is no public key of SSH"
        yield Fault(place=place, message=message, hint="such as: ssh-ed25519 AAAAC3Nza… a comment")


def _key(line: str) -> str:
    """Return type and key of a line, without its comment."""
    return " ".join(line.split()[:2])


def _create(address: Address, spec: KeypairSpec, mark: Mark, _ids: Ids) -> Call:
    body = {"name": address.name, "public_key": mark.beside(spec.public_key.strip())}
    return Call(method="POST", path=_PATH, body={"keypair": body})


def _made(answer: Mapping[str, Any], _call: Call) -> KeypairState:
    fields = answer["keypair"]
    return KeypairState(
        id=fields["name"],
        name=fields["name"],
        fingerprint=fields.get("fingerprint", ""),
        public_key=fields["public_key"],
        user_id=fields.get("user_id", ""),
    )


def _compare(
    address: Address, spec: KeypairSpec, state: KeypairState, _mark: Mark, _ids: Ids
) -> Iterator[Difference]:
    """Compare the keys; nothing of a key pair can be changed, so a new comment is not worth one.

    Source: nova/api/openstack/compute/keypairs.py, 34.0.0: there is no PUT.
    """
    yield from differences(
        [
            ("name", state.name, address.name, False),
            ("public_key", _key(state.public_key), _key(spec.public_key), False),
        ]
    )


def _capture(state: KeypairState, _names: Names) -> Mapping[str, Any] | None:
    return {"public_key": without_mark(state.public_key)} if state.type == "ssh" else None


def _sketch(state: KeypairState) -> Iterator[Part]:
    details = (state.fingerprint,) if state.fingerprint else ()
    label = state.name or state.id
    yield Badge(on="", key=state.id, sort="keypair", label=label, details=details)


def _sketch_spec(address: Address, _spec: KeypairSpec, _declared: Declared) -> Iterator[Part]:
    yield Badge(on="", key=str(address), sort="keypair", label=address.name)


_PATH = "/v2.1/os-keypairs"

KIND = Kind(
    name="keypair",
    plural="keypairs",
    service="compute",
    path=_PATH,
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
    mark=lambda state, _listed: read_mark(state.public_key),
    declaration=Declaration(
        spec=KeypairSpec,
        section="keypairs",
        faults=_faults,
        create=_create,
        made=_made,
        compare=_compare,
        consumes=lambda _spec, _ids: {"compute.key_pairs": 1},
        capture=_capture,
        sketch=_sketch_spec,
    ),
    sketch=_sketch,
)
