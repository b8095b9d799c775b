# SPDX-License-Identifier: Apache-2.0
"""``--name``, which every command on a local cloud takes, and the cloud that it names."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING

from stackloom.cli.command import Invocation

if TYPE_CHECKING:
    from stackloom.local.access import Access


def name_argument(parser: ArgumentParser) -> None:
    """Add it."""
    parser.add_argument("--name", default="local", metavar="NAME", help="which one, if several")


def cloud_that_is_up(invocation: Invocation) -> Access:
    """Return how to log in to the cloud that is named.

    Raises:
        NotReady: it is not up.
    """
    from stackloom.errors import NotReady
    from stackloom.local.access import access

    name = invocation.options.name
    found = access(name)
    if found is None:
        words = "stackloom local up" + (f" --name {name}" if name != "local" else "")
        raise NotReady(f'the local cloud "{name}" is not up', hint=f"start it: {words}")
    return found
