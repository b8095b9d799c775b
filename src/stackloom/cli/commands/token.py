# SPDX-License-Identifier: Apache-2.0
"""``token``: log in, look at a token, ask whether it is good, and give it back."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import TYPE_CHECKING

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.output import SHOW_FORMATS, add_output_options, write_one
from stackloom.errors import NotFound, UsageError

if TYPE_CHECKING:
    from stackloom.auth.config import CloudConfig
    from stackloom.auth.token import Token
    from stackloom.cloud.cloud import Cloud

_PATH = "/v3/auth/tokens"


def _issue_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--hide", action="store_true", help="leave the token itself out, show only its facts"
    )
    add_output_options(parser, SHOW_FORMATS)


def _facts_arguments(parser: ArgumentParser) -> None:
    _token_argument(parser)
    add_output_options(parser, SHOW_FORMATS)


def _token_argument(parser: ArgumentParser) -> None:
    parser.add_argument(
        "token",
        nargs="?",
        default="",
        help="another token, - to read it from stdin; without, the one that commands use now",
    )


def _issue(invocation: Invocation) -> int:
    from stackloom.cli.connection import ask_cloud

    token = ask_cloud(invocation, _own)
    fields: dict[str, object] = {"expires": _moment(token)}
    if not invocation.options.hide:
        fields["id"] = token.secret.reveal()
    fields["project_id"] = token.project_id
    fields["user_id"] = token.user_id
    fields["scope"] = token.scope
    fields["roles"] = list(token.roles)
    write_one(invocation, fields)
    return 0


def _show(invocation: Invocation) -> int:
    from stackloom.cli.connection import ask_cloud

    given = _given(invocation)
    if given:
        return _validate(invocation, given)
    _write_facts(invocation, ask_cloud(invocation, _own))
    return 0


def _validate(invocation: Invocation, given: str = "") -> int:
    """Ask Keystone: 404 is its word for a token that is none, or none any more."""
    from stackloom.auth.token import Token
    from stackloom.cli.connection import ask_cloud
    from stackloom.log import Secret

    given = given or _given(invocation)

    async def work(cloud: Cloud) -> Token:
        secret = Secret(given) if given else (await cloud.token()).secret
        headers = {"X-Subject-Token": secret.reveal()}
        answer = await cloud.request("identity", "GET", _PATH, headers=headers)
        return Token(secret, answer.body)

    try:
        token = ask_cloud(invocation, work)
    except NotFound as error:
        error.message = "Keystone does not know this token: it has ended, or was revoked"
        raise
    _write_facts(invocation, token)
    return 0


def _revoke(invocation: Invocation) -> int:
    from stackloom.cli.connection import ask_cloud

    given = _given(invocation)

    async def work(cloud: Cloud) -> bool:
        kept = _kept(cloud.config, invocation)
        if not given and kept is None:
            return False
        own = await cloud.token()
        secret = given or own.secret.reveal()
        headers = {"X-Subject-Token": secret}
        await cloud.request("identity", "DELETE", _PATH, headers=headers)
        if secret == own.secret.reveal():
            _forget(cloud.config, invocation)
        return True

    was_there = ask_cloud(invocation, work)
    invocation.talk("revoked" if was_there else "no token is kept, so there is none to revoke")
    return 0


async def _own(cloud: Cloud) -> Token:
    return await cloud.token()


def _kept(config: CloudConfig, invocation: Invocation) -> Token | None:
    from stackloom.auth.token_cache import TokenCache, cache_directory

    return TokenCache(cache_directory(invocation.environment, config.cache_path), config).read()


def _forget(config: CloudConfig, invocation: Invocation) -> None:
    from stackloom.auth.token_cache import TokenCache, cache_directory

    TokenCache(cache_directory(invocation.environment, config.cache_path), config).drop()


def _given(invocation: Invocation) -> str:
    """Return the token that was named; on stdin it is not seen by other users of the machine."""
    given: str = invocation.options.token
    if given != "-":
        return given
    given = sys.stdin.readline().strip()
    if not given:
        raise UsageError("there is no token on stdin")
    return given


def _write_facts(invocation: Invocation, token: Token) -> None:
    write_one(
        invocation,
        {
            "expires": _moment(token),
            "user": token.user_name,
            "user_id": token.user_id,
            "user_domain": token.user_domain,
            "scope": token.scope,
            "project_id": token.project_id,
            "roles": list(token.roles),
            "methods": list(token.methods),
            "services": sorted({service.type for service in token.catalog}),
        },
    )


def _moment(token: Token) -> str:
    return token.expires_at.strftime("%Y-%m-%dT%H:%M:%S%z")


GROUP = Group(
    help="Tokens of Keystone",
    commands=(
        Command(
            name="issue", help="Log in and print a token", arguments=_issue_arguments, run=_issue
        ),
        Command(
            name="show",
            help="Show the facts of a token, never the token",
            arguments=_facts_arguments,
            run=_show,
        ),
        Command(
            name="validate",
            help="Ask Keystone whether a token is good",
            arguments=_facts_arguments,
            run=_validate,
        ),
        Command(
            name="revoke",
            help="Make a token worthless, by default the one kept on disk",
            arguments=_token_argument,
            run=_revoke,
        ),
    ),
)
