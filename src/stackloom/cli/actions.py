# SPDX-License-Identifier: Apache-2.0
"""Commands that do something to one thing or to several: start, lock, extend, accept.

What is done, a command file says; finding the thing and telling what failed is the same for all.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec

from stackloom.cli.command import Command, Invocation
from stackloom.cli.kind_at_hand import WAIT_SECONDS, each_of, load_kind, watch

if TYPE_CHECKING:
    from stackloom.cloud.cloud import Cloud
    from stackloom.cloud.kind import Kind, Progress, State
    from stackloom.transport.client import Answer

Arguments = Callable[[ArgumentParser], None]


class Acting(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that something is done to.

    Attributes:
        state: as it was found.
    """

    invocation: Invocation
    cloud: Any
    kind: Any
    state: Any

    @property
    def options(self) -> Namespace:
        """What was given on the command line."""
        return self.invocation.options

    @property
    def path(self) -> str:
        """Where it stands in its API."""
        return str(self.kind.member_path(self.state.id))

    async def send(self, method: str, below: str, body: Mapping[str, Any] | None = None) -> Answer:
        """Send a request to a path below it."""
        return await ask(self.cloud, self.kind, method, f"{self.path}{below}", body)

    async def post(self, action: str, content: object = None) -> Answer:
        """Ask for an action, as Nova and Cinder name them."""
        return await self.send("POST", "/action", {action: content})

    async def settled(self, progress: Callable[[Any], Progress]) -> None:
        """Wait until *progress* says that it is ready."""
        kind = msgspec.structs.replace(self.kind, progress=progress)
        name = self.state.name or self.state.id
        self.invocation.talk(f"waiting for {self.kind.name.replace('_', ' ')} {name}")
        await watch(self.cloud, kind).until_ready(self.state.id, within_seconds=WAIT_SECONDS)


Act = Callable[[Acting], Awaitable[object]]


async def ask(
    cloud: Cloud,
    kind: Kind[Any],
    method: str,
    path: str,
    body: Mapping[str, Any] | None = None,
) -> Answer:
    """Send one request to a kind's service, with the kind's microversion."""
    from stackloom.cloud.kind import Call
    from stackloom.cloud.verbs import call

    return await call(cloud, kind, Call(method=method, path=path, body=body))


def action_command(
    name: str,
    kind_module: str,
    help: str,
    act: Act,
    *,
    arguments: Arguments = lambda _parser: None,
    several: bool = True,
    within: Callable[[Namespace], Mapping[str, Any]] = lambda _options: {},
) -> Command:
    """Return a command that does *act* to one, or with *several* to each of those named.

    Args:
        within: returns parameters that say where else, or only where, the name is looked for.
    """

    def declare(parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="+" if several else None, help="name or id")
        arguments(parser)

    def run(invocation: Invocation) -> int:
        kind = load_kind(kind_module)

        async def one(cloud: Cloud, wanted: str) -> None:
            from stackloom.cloud.verbs import find

            narrow = within(invocation.options)
            listed = f"{kind.listed_at}?{urlencode(narrow)}" if narrow else kind.listed_at
            placed = msgspec.structs.replace(kind, list_path=listed)
            state: State = await find(cloud, placed, wanted)
            await act(Acting(invocation=invocation, cloud=cloud, kind=placed, state=state))

        if several:
            return each_of(invocation, kind_module, invocation.options.name, one)
        from stackloom.cli.connection import ask_cloud

        ask_cloud(invocation, lambda cloud: one(cloud, invocation.options.name))
        return 0

    return Command(name=name, help=help, arguments=declare, run=run)
