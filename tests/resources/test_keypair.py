# SPDX-License-Identifier: Apache-2.0
"""A key pair is known by its name, and wrapped once more in lists."""

from __future__ import annotations

import msgspec

from stackloom.resources.compute.keypair import KIND, KeypairState, NewKeypair

_FIELDS = {"name": "mine", "public_key": "ssh-ed25519 AAAA", "fingerprint": "d5:4d", "type": "ssh"}


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
