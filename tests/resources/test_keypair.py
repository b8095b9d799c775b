# SPDX-License-Identifier: Apache-2.0
"""A key pair is known by its name, wrapped once more in lists, and its mark is in its comment."""

from __future__ import annotations

import msgspec
import pytest
from tests.fakes.cloud import FakeIds

from stackloom.cloud.kind import Call, Declaration, Difference, Fault, Names
from stackloom.cloud.mark import Address, Mark
from stackloom.cloud.sketch import Badge
from stackloom.resources.compute.keypair import KIND, KeypairSpec, KeypairState, NewKeypair

_FIELDS = {"name": "mine", "public_key": "ssh-ed25519 AAAA", "fingerprint": "d5:4d", "type": "ssh"}
_MINE = Address("keypair", "mine")
_MARK = Mark("s", _MINE)
_SPEC = KeypairSpec(public_key="ssh-ed25519 AAAA alice@home\n")


def _declaration() -> Declaration[KeypairSpec, KeypairState]:
    assert KIND.declaration is not None
    return KIND.declaration


def _state(public_key: str, type: str = "ssh") -> KeypairState:
    return KeypairState(
        id="mine", name="mine", fingerprint="d5:4d", public_key=public_key, type=type
    )


def test_its_name_is_its_id_in_every_answer() -> None:
    """In lists each is wrapped; alone it has a number that nobody can ask for."""
    assert KIND.reshape is not None
    listed = msgspec.convert(KIND.reshape({"keypair": _FIELDS}), KeypairState)
    shown = msgspec.convert(KIND.reshape({**_FIELDS, "id": 7}), KeypairState)
    assert listed == shown
    assert listed.id == "mine"
    assert [column.value(listed) for column in KIND.columns] == ["mine", "d5:4d", "ssh"]


def test_a_public_key_is_needed() -> None:
    """Nova generates none any more."""
    assert msgspec.to_builtins(NewKeypair(name="mine", public_key="ssh-ed25519 AAAA")) == {
        "name": "mine",
        "public_key": "ssh-ed25519 AAAA",
    }
    assert KIND.change is None


def test_it_is_made_with_its_mark_in_the_comment(ids: FakeIds) -> None:
    """The line loses its end, the person's own comment stays before the mark."""
    call = KIND.create_call(_MINE, _SPEC, _MARK, ids)
    line = "ssh-ed25519 AAAA alice@home stackloom://s/keypair.mine"
    body = {"keypair": {"name": "mine", "public_key": line}}
    assert call == Call(method="POST", path="/v2.1/os-keypairs", body=body)
    answer = {"keypair": {**_FIELDS, "public_key": line, "user_id": "u-1"}}
    made = KIND.made(answer, call)
    assert made == KeypairState(
        id="mine", name="mine", fingerprint="d5:4d", public_key=line, user_id="u-1"
    )
    assert KIND.mark(made, {}) == _MARK
    assert _declaration().consumes(_SPEC, ids) == {"compute.key_pairs": 1}


def test_another_key_replaces_it_and_another_comment_does_not(ids: FakeIds) -> None:
    """Nothing of a key pair can be changed, and a comment is not worth a new one."""

    def compare(public_key: str) -> list[Difference]:
        state = _state(public_key)
        return list(_declaration().compare(_MINE, _SPEC, state, _MARK, ids))

    assert compare(f"ssh-ed25519 AAAA bob@work {_MARK}") == []
    assert compare(f"ssh-ed25519 BBBB alice@home {_MARK}") == [
        Difference(
            field="public_key", have="ssh-ed25519 BBBB", want="ssh-ed25519 AAAA", in_place=False
        )
    ]


@pytest.mark.parametrize(
    ("public_key", "message", "hint"),
    [
        (
            "",
            "a key pair needs a public key: Nova generates none from microversion 2.92 on",
            'make one with ssh-keygen; its public half: ${file("~/.ssh/id_ed25519.pub")}',
        ),
        (
            "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blb\n",
            "this is a private key, which must not leave your machine",
            "the public half stands in the file beside it that ends with .pub",
        ),
        (
            "~/.ssh/id_ed25519.pub",
            "this is no public key of SSH",
            "such as: ssh-ed25519 AAAAC3Nza… a comment",
        ),
    ],
)
def test_what_is_no_public_key_is_refused(public_key: str, message: str, hint: str) -> None:
    """Nothing at all, a private key, and the path of a file in place of what it holds."""
    assert list(_declaration().faults(KeypairSpec(public_key=public_key))) == [
        Fault(place=("public_key",), message=message, hint=hint)
    ]


@pytest.mark.parametrize(
    "public_key",
    ["ssh-rsa AAAAB3+/x==", "ecdsa-sha2-nistp256 AAAA= a b", "sk-ssh-ed25519@openssh.com AAAA\n"],
)
def test_public_keys_of_all_sorts_are_taken(public_key: str) -> None:
    """With a comment or without."""
    assert list(_declaration().faults(KeypairSpec(public_key=public_key))) == []


def test_it_is_captured_without_its_mark(names: Names) -> None:
    """A certificate has no place for a mark, so it is left alone."""
    capture = _declaration().capture
    line = "ssh-ed25519 AAAA alice@home"
    assert capture(_state(f"{line} {_MARK}"), names) == {"public_key": line}
    assert capture(_state("-----BEGIN CERTIFICATE-----", "x509"), names) is None


def test_it_is_drawn_as_a_badge() -> None:
    """By itself; the servers that have it say so."""
    state = _state("ssh-ed25519 AAAA")
    fingerprint = Badge(on="", key="mine", sort="keypair", label="mine", details=("d5:4d",))
    assert list(KIND.sketch(state)) == [fingerprint]
    assert list(_declaration().sketch(_MINE, _SPEC, {})) == [
        Badge(on="", key="keypair.mine", sort="keypair", label="mine")
    ]
