# SPDX-License-Identifier: Apache-2.0
"""Properties that have an address of their own below an object: metadata, extra specs."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from stackloom.cli.actions import Acting
from stackloom.cli.fields import key_values
from stackloom.errors import NotFound


def add_property_options(parser: ArgumentParser) -> None:
    """Declare what ``set`` does to them."""
    parser.add_argument(
        "--property", action="append", default=[], metavar="KEY=VALUE", help="repeatable"
    )
    parser.add_argument("--no-property", action="store_true", help="take all others away")


def add_unset_option(parser: ArgumentParser) -> None:
    """Declare what ``unset`` does to them."""
    parser.add_argument("--property", action="append", default=[], metavar="KEY", help="repeatable")


async def set_properties(
    acting: Acting, have: Mapping[str, object], *, below: str = "/metadata", key: str = "metadata"
) -> None:
    """Set what was given; with ``--no-property`` nothing else is left."""
    given = key_values(acting.options.property)
    if acting.options.no_property:
        await without_properties(acting, [name for name in have if name not in given], below=below)
    if given:
        await acting.send("POST", below, {key: given})


async def without_properties(
    acting: Acting, names: Iterable[str], *, below: str = "/metadata"
) -> None:
    """Take some away; one that is not there is what was asked for."""
    for name in names:
        try:
            await acting.send("DELETE", f"{below}/{quote(name, safe='')}")
        except NotFound:
            continue
