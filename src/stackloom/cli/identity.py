# SPDX-License-Identifier: Apache-2.0
"""What commands on Keystone share: names inside domains, and secrets that are typed unseen."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stackloom.cli.fields import Field, named, switch, text
from stackloom.cli.kind_at_hand import load_kind
from stackloom.errors import Forbidden, UsageError

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud
    from stackloom.cloud.kind import Kind

DOMAIN = named("--domain", "domain_id", "identity.domain", "the domain it is in, by name or id")
_ID_LENGTH = 32


async def find_id(
    cloud: Cloud, kind_module: str, name: str | None, domain: str | None = None
) -> str:
    """Return the id of what a person named, "" where nothing was given.

    Args:
        domain: where the name is unique, by name or id.
    """
    from stackloom.cloud.verbs import find

    if not name:
        return ""
    narrow = {"domain_id": await find_id(cloud, "identity.domain", domain)} if domain else {}
    try:
        found: str = (await find(cloud, load_kind(kind_module), name, narrow)).id
    except Forbidden:
        # Who may not look may still say an id; Keystone's are 32 hexadecimal digits.
        if len(name) == _ID_LENGTH and not set(name.lower()) - set("0123456789abcdef"):
            return name
        raise
    return found


def add_named(parser: ArgumentParser, option: str, what: str, *, required: bool = False) -> None:
    """Add ``--user USER`` and ``--user-domain DOMAIN``."""
    shown = option.upper().replace("-", "_")
    parser.add_argument(f"--{option}", metavar=shown, required=required, help=f"{what}, name or id")
    parser.add_argument(
        f"--{option}-domain", metavar="DOMAIN", help=f"the domain of that {option}, name or id"
    )


def at(kind: Kind[Any], path: str) -> Kind[Any]:
    """Return the kind as it is listed at another path."""
    import msgspec

    return msgspec.structs.replace(kind, list_path=path)


def password_fields() -> tuple[Field, ...]:
    """Return ``--password`` and ``--password-prompt``."""
    prompt = switch("--password-prompt", "password", "ask for it on the terminal", value=PROMPT)
    return (text("--password", "password", "the log-in"), prompt)


PROMPT = "\0ask"
"""Stands for a password that has yet to be asked for; no password holds a NUL."""


def ask_passwords(body: dict[str, Any], _have: Mapping[str, Any]) -> None:
    """Ask for a password that is to be typed; for ``complete``."""
    if body.get("password") == PROMPT:
        body["password"] = ask_password("User password: ", again=True)


def ask_password(prompt: str, *, again: bool = False) -> str:
    """Ask a person on the terminal, twice where nobody can check it.

    Raises:
        UsageError: there is no terminal, or the two differ.
    """
    import sys
    from getpass import getpass

    if not sys.stdin.isatty():
        raise UsageError("there is no terminal to ask on", hint="give it as an option")
    password = getpass(prompt)
    if again and getpass(f"Again, {prompt[0].lower()}{prompt[1:]}") != password:
        raise UsageError("the two are not the same")
    return password
