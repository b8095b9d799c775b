# SPDX-License-Identifier: Apache-2.0
"""What forms bring besides: values of secret variables, a credential to act with. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stackloom.wire.plan import Credential

Form = Mapping[str, Sequence[str]]


def rights_of(form: Form) -> tuple[dict[str, str], Credential | None]:
    """Return the secrets of a form, and the application credential where one is given."""
    pairs = zip(form.get("secret_name", ()), form.get("secret_value", ()), strict=False)
    secrets = {name.strip(): value for name, value in pairs if name.strip()}
    id, secret = last(form, "credential_id").strip(), last(form, "credential_secret")
    return secrets, Credential(id=id, secret=secret) if id or secret else None


def last(form: Form, name: str) -> str:
    """Return what a field was filled in with, "" where the form has no such field."""
    return form.get(name, ("",))[-1]
