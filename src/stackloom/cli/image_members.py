# SPDX-License-Identifier: Apache-2.0
"""``image add project``, ``remove project``: whom a shared image is shared with."""

from __future__ import annotations

from argparse import ArgumentParser

from stackloom.cli.actions import Acting, action_command

_IMAGE = "image.image"


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("project", help="by id: Glance does not know its name")


async def _add(acting: Acting) -> None:
    await acting.send("POST", "/members", {"member": acting.options.project})


async def _remove(acting: Acting) -> None:
    await acting.send("DELETE", f"/members/{acting.options.project}")


MEMBER_COMMANDS = (
    action_command(
        "add project",
        _IMAGE,
        "Share an image with a project",
        _add,
        arguments=_arguments,
        several=False,
    ),
    action_command(
        "remove project",
        _IMAGE,
        "Share it no longer",
        _remove,
        arguments=_arguments,
        several=False,
    ),
)
