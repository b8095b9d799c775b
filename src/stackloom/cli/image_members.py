# SPDX-License-Identifier: Apache-2.0
"""``image add project``, ``remove project``: whom a shared image is shared with."""

from __future__ import annotations

from argparse import ArgumentParser

from stackloom.cli.actions import Acting, action_command
from stackloom.cli.identity import find_id

_IMAGE = "image.image"


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("project", help="name or id; who may not look at projects has to say an id")
    parser.add_argument("--project-domain", metavar="DOMAIN", help="the domain of that project")


async def _id(acting: Acting) -> str:
    options = acting.options
    return await find_id(acting.cloud, "identity.project", options.project, options.project_domain)


async def _add(acting: Acting) -> None:
    await acting.send("POST", "/members", {"member": await _id(acting)})


async def _remove(acting: Acting) -> None:
    await acting.send("DELETE", f"/members/{await _id(acting)}")


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
