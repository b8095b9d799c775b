# SPDX-License-Identifier: Apache-2.0
"""``user``: users of Keystone, and one's own password."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.fields import Field, named, pair, several, switch, text
from stackloom.cli.identity import DOMAIN, ask_password, ask_passwords, at, password_fields
from stackloom.cli.kind_at_hand import load_kind
from stackloom.cli.kind_commands import (
    create_command,
    delete_command,
    list_command,
    set_command,
    show_command,
)

if TYPE_CHECKING:
    from stackloom.cli.listing import View
    from stackloom.cloud.cloud import Cloud
    from stackloom.cloud.kind import Kind

_KIND = "identity.user"


def _option(yes: str, no: str, name: str, help: str) -> Field:
    return pair(yes, no, f"options.{name}", help)


def _rules(given: list[str]) -> list[list[str]]:
    return [rule.split(",") for rule in given]


_BOTH = (
    *password_fields(),
    text("--email", "email", "the address of the mailbox"),
    text("--description", "description", "for people"),
    named("--project", "default_project_id", "identity.project", "where a log-in goes by itself"),
    pair("--enable", "--disable", "enabled", "let this user in"),
    _option(
        "--ignore-lockout-failure-attempts",
        "--no-ignore-lockout-failure-attempts",
        "ignore_lockout_failure_attempts",
        "never lock out after wrong passwords",
    ),
    _option(
        "--ignore-password-expiry",
        "--no-ignore-password-expiry",
        "ignore_password_expiry",
        "let the password live on",
    ),
    _option(
        "--ignore-change-password-upon-first-use",
        "--no-ignore-change-password-upon-first-use",
        "ignore_change_password_upon_first_use",
        "the first password may stay",
    ),
    _option(
        "--enable-lock-password",
        "--disable-lock-password",
        "lock_password",
        "keep the user from changing the password",
    ),
    _option(
        "--enable-multi-factor-auth",
        "--disable-multi-factor-auth",
        "multi_factor_auth_enabled",
        "ask for several proofs",
    ),
    several(
        "--multi-factor-auth-rule",
        "options.multi_factor_auth_rules",
        "methods that are enough together, separated by commas; repeatable",
        take=_rules,
        metavar="RULE",
    ),
)
_FILTERS = (
    text("--name", "name", "with exactly this name"),
    DOMAIN,
    switch("--enabled", "enabled", "only enabled ones"),
    switch("--disabled", "enabled", "only disabled ones", value=False),
)
_PLACES = (
    named("--group", "group", "identity.group", "who are in this group"),
    named("--project", "project", "identity.project", "who have a role in this project"),
)


def _elsewhere(kind: Kind[Any], given: Mapping[str, Any]) -> Kind[Any]:
    return at(kind, f"/v3/groups/{given['group']}/users") if "group" in given else kind


async def _look(cloud: Cloud, given: Mapping[str, Any]) -> View:
    """Show those with a role in a project alone; Keystone has no list of them.

    Source: keystone/api/role_assignments.py, 30.0.0: ``effective`` has the members of groups too.
    """
    from stackloom.cli.listing import View
    from stackloom.cloud.verbs import list_states

    if "project" not in given:
        return View()
    assigned = at(
        load_kind("identity.role_assignment"),
        f"/v3/role_assignments?scope.project.id={given['project']}&effective",
    )
    ids = {each.user.id async for each in list_states(cloud, assigned) if each.user}
    return View(keep=lambda user: user.id in ids)


def _password_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--password", metavar="NEW", help="asked for where it is not given")
    parser.add_argument("--original-password", metavar="OLD", help="the same")


def _set_password(invocation: Invocation) -> int:
    from stackloom.auth.token_cache import TokenCache, cache_directory
    from stackloom.cli.connection import ask_cloud

    options = invocation.options
    old = options.original_password or ask_password("Current password: ")
    new = options.password or ask_password("New password: ", again=True)

    async def work(cloud: Cloud) -> None:
        # Source: keystone/api/users.py, UserPasswordResource, 30.0.0: it ends all tokens.
        body = {"user": {"original_password": old, "password": new}}
        await cloud.request("identity", "POST", "/v3/users/{user_id}/password", body=body)
        directory = cache_directory(invocation.environment, cloud.config.cache_path)
        TokenCache(directory, cloud.config).drop()

    ask_cloud(invocation, work)
    invocation.talk("the password is changed; all tokens of this user are void")
    return 0


GROUP = Group(
    help="Users",
    commands=(
        list_command(_KIND, _FILTERS, places=_PLACES, elsewhere=_elsewhere, look=_look),
        show_command(_KIND, within=(DOMAIN,)),
        create_command(_KIND, (*_BOTH, DOMAIN), or_show=True, complete=ask_passwords),
        set_command(
            _KIND,
            (text("--name", "name", "a new name"), *_BOTH),
            within=(DOMAIN,),
            complete=ask_passwords,
        ),
        delete_command(_KIND, within=(DOMAIN,)),
        Command(
            name="password set",
            help="Change one's own password",
            arguments=_password_arguments,
            run=_set_password,
        ),
    ),
)
