# SPDX-License-Identifier: Apache-2.0
"""What commands on Keystone share: names inside domains, and secrets that are typed unseen."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stackloom.cli.fields import Field, InDomain, named, switch, text
from stackloom.cli.kind_at_hand import find_ids
from stackloom.errors import UsageError

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud
    from stackloom.cloud.kind import Kind

DOMAIN = named("--domain", "domain_id", "identity.domain", "the domain it is in, by name or id")


async def find_id(
    cloud: Cloud, kind_module: str, name: str | None, domain: str | None = None
) -> str:
    """Return the id of what a person named, "" where nothing was given.

    Args:
        domain: where the name is unique, by name or id.
    """
    if not name:
        return ""
    wanted = (kind_module, InDomain(name=name, domain=domain) if domain else name)
    return (await find_ids(cloud, [wanted]))[wanted]


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
