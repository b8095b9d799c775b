# SPDX-License-Identifier: Apache-2.0
"""``demo``: the main job on a real OpenStack, from nothing to two networks joined by a router."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.output import format_table

if TYPE_CHECKING:
    from stackloom.auth.config import CloudConfig
    from stackloom.auth.token import Token
    from stackloom.cloud.cloud import Cloud
    from stackloom.local.access import Access

_PACKAGE = Path(__file__).parents[2]
_CHECKOUT = _PACKAGE.parents[1]
_ONE_SERVER = "one-server.yaml"
_TWO_NETWORKS = "two-networks.yaml"


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--destroy", action="store_true", help="take away again what the demo has made"
    )
    parser.add_argument("--name", default="local", metavar="NAME", help="which local cloud")
    parser.set_defaults(yes=True)


def _demo(invocation: Invocation) -> int:
    import asyncio

    if invocation.options.destroy:
        return _take_away(invocation)
    found = _bring_up(invocation)
    asyncio.run(_tokens(invocation, found))
    asyncio.run(_tasks(invocation, _config(found, "demo")))
    _what_next(invocation)
    return 0


# --- the parts of the demo ------------------------------------------------------------------------


def _bring_up(invocation: Invocation) -> Access:
    import asyncio

    from stackloom.cli.local_progress import local_report
    from stackloom.local import lifecycle

    _heading(invocation, "A real OpenStack on this machine")
    with local_report(invocation) as report:
        found = asyncio.run(lifecycle.up(name=invocation.options.name, report=report))
    invocation.data(f"Keystone answers at {found.auth_url}")
    return found


async def _tokens(invocation: Invocation, found: Access) -> None:
    """Log in with the documented request, for the whole system and then for a project."""
    from stackloom.cloud.cloud import connect

    _heading(invocation, "An identity token")
    config = _config(found, "admin-system")
    invocation.data("POST /v3/auth/tokens with")
    invocation.data(_shown_request(config))
    async with connect(config) as cloud:
        _show_token(invocation, await cloud.token())
    async with connect(_config(found, "demo")) as cloud:
        project_token = await cloud.token()
    invocation.data(
        "\nA system-scoped token owns no project: with it Neutron answers an empty list of\n"
        "networks and Nova refuses. So the work that follows uses a token for a project:"
    )
    _show_token(invocation, project_token)


async def _tasks(invocation: Invocation, config: CloudConfig) -> None:
    from stackloom import operations
    from stackloom.cloud.cloud import connect
    from stackloom.scenario.picture.text import draw

    async with connect(config) as cloud:
        _heading(invocation, "Task 1: the list of networks")
        await _list(invocation, cloud, "network")
        _heading(invocation, f"Task 2: an instance ({_example(_ONE_SERVER).name})")
        await _weave(invocation, cloud, _ONE_SERVER)
        await _list(invocation, cloud, "server")
        _heading(invocation, f"Task 3: two networks joined by a router ({_TWO_NETWORKS})")
        await _weave(invocation, cloud, _TWO_NETWORKS)
        picture = await operations.topology(cloud, "two-networks")
        invocation.data("\nThe topology, as the cloud tells it:\n")
        invocation.data(draw(picture))
        invocation.data("\nApplied again:")
        again = await _weave(invocation, cloud, _TWO_NETWORKS)
        if again:
            invocation.data(f"(unexpected: {again} further changes)")


def _take_away(invocation: Invocation) -> int:
    import asyncio

    from stackloom.errors import NotReady
    from stackloom.local.access import access

    found = access(invocation.options.name)
    if found is None:
        raise NotReady(
            f'the local cloud "{invocation.options.name}" is not up',
            hint="stackloom local up brings it back with its data; then try again",
        )
    asyncio.run(_destroy(invocation, _config(found, "demo")))
    return 0


async def _destroy(invocation: Invocation, config: CloudConfig) -> None:
    from stackloom import operations
    from stackloom.cli.running import ask_and_carry_out
    from stackloom.cloud.cloud import connect

    async with connect(config) as cloud:
        _heading(invocation, "Taking the demo away")
        for file in (_TWO_NETWORKS, _ONE_SERVER):
            name = operations.read_scenario(_example(file)).scenario.name
            async with operations.hold(cloud, name, invocation.environment) as records:
                planned = await operations.plan_destruction(cloud, name, records=records)
                await ask_and_carry_out(invocation, cloud, planned, records, "")
        _heading(invocation, "What is left: the networks and servers that were there before")
        await _list(invocation, cloud, "network")
        await _list(invocation, cloud, "server")


def _what_next(invocation: Invocation) -> None:
    stackloom = "scripts/stackloom" if _in_checkout() else "stackloom"
    _heading(invocation, "Everything is left running. What to try next")
    for command, why in (
        (f"{stackloom} server list", "what runs"),
        (f"{stackloom} draw --scenario two-networks", "the picture again"),
        (f"{stackloom} plan {_shown(_example(_TWO_NETWORKS))}", "after a change to the file"),
        (f"{stackloom} local status", "the services, and what they cost"),
        (f'eval "$({stackloom} local env)"', "for the openstack client and other tools"),
        (f"{stackloom} demo --destroy", "take it all away again"),
        (f"{stackloom} local down", "stop the cloud, keep its data"),
    ):
        invocation.data(f"  {command:<54} {why}")


# --- how they are done ----------------------------------------------------------------------------


async def _weave(invocation: Invocation, cloud: Cloud, file: str) -> int:
    """Plan and apply an example; return how many changes there were."""
    from stackloom import operations
    from stackloom.cli.running import ask_and_carry_out

    loaded = operations.read_scenario(_example(file))
    async with operations.hold(cloud, loaded.scenario.name, invocation.environment) as records:
        planned = await operations.plan(cloud, loaded, records=records)
        await ask_and_carry_out(invocation, cloud, planned, records, "")
    return len(planned.plan.changes)


async def _list(invocation: Invocation, cloud: Cloud, kind_name: str) -> None:
    from stackloom.cloud.verbs import list_states
    from stackloom.operations import KINDS

    kind = KINDS[kind_name]
    rows = [
        [column.value(state) for column in kind.columns] async for state in list_states(cloud, kind)
    ]
    invocation.data(format_table([column.title for column in kind.columns], rows))


def _config(found: Access, user: str) -> CloudConfig:
    from stackloom.auth.config import cloud_config
    from stackloom.cloud_choice import local_settings

    return cloud_config(local_settings(found.environment(user), {}, found.name))


def _shown_request(config: CloudConfig) -> str:
    """Return the body of the token request, the password replaced by stars."""
    import json

    from msgspec.structs import replace

    from stackloom.auth.credentials import token_request
    from stackloom.log import Secret

    hidden = replace(config.credentials, password=Secret("***"))
    return json.dumps(token_request(config.method, hidden, config.scope), indent=2)


def _show_token(invocation: Invocation, token: Token) -> None:
    rows = [
        ("user", f"{token.user_name} of domain {token.user_domain}"),
        ("scope", token.scope),
        ("roles", ", ".join(token.roles)),
        ("expires", token.expires_at.strftime("%Y-%m-%d %H:%M:%S UTC")),
    ]
    invocation.data(format_table(["Field", "Value"], rows))


def _heading(invocation: Invocation, text: str) -> None:
    invocation.data(f"\n── {text} {'─' * max(0, 76 - len(text))}")


def _example(name: str) -> Path:
    """Return an example: inside the installed package, or beside it in a checkout."""
    folder = _CHECKOUT / "examples" if _in_checkout() else _PACKAGE / "examples"
    return folder / name


def _in_checkout() -> bool:
    return (_CHECKOUT / "scripts" / "stackloom").exists()


def _shown(path: Path) -> Path:
    """Return *path* as a person in the current directory would type it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


GROUP = Group(
    help="The main job, shown on a local cloud",
    commands=(
        Command(
            help="Bring up a local cloud and do the main job on it", arguments=_arguments, run=_demo
        ),
    ),
)
