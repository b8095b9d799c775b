# SPDX-License-Identifier: Apache-2.0
"""``token``: log in."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import TYPE_CHECKING

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.output import SHOW_FORMATS, add_output_options, write_one

if TYPE_CHECKING:
    from stackloom.auth.token import Token
    from stackloom.cloud.cloud import Cloud


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--hide", action="store_true", help="leave the token itself out, show only its facts"
    )
    add_output_options(parser, SHOW_FORMATS)


def _issue(invocation: Invocation) -> int:
    from stackloom.cli.connection import ask_cloud

    async def work(cloud: Cloud) -> Token:
        return await cloud.token()

    token = ask_cloud(invocation, work)
    fields: dict[str, object] = {"expires": token.expires_at.strftime("%Y-%m-%dT%H:%M:%S%z")}
    if not invocation.options.hide:
        fields["id"] = token.secret.reveal()
    fields["project_id"] = token.project_id
    fields["user_id"] = token.user_id
    fields["scope"] = token.scope
    fields["roles"] = list(token.roles)
    write_one(invocation, fields)
    return 0


GROUP = Group(
    help="Tokens of Keystone",
    commands=(
        Command(name="issue", help="Log in and print a token", arguments=_arguments, run=_issue),
    ),
)
