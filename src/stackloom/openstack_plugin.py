# SPDX-License-Identifier: Apache-2.0
"""``openstack scenario plan|apply|destroy|draw|show``: our commands inside the existing client.

That client imports this module at each of its starts, so it loads nothing but what is loaded there
already. Which cloud is meant, the client has found out; everything else is done by our commands.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from osc_lib.command import command

if TYPE_CHECKING:
    from stackloom.cli.command import Command as OurCommand
    from stackloom.cli.command import Invocation


class _Scenario(command.Command):
    """One of our commands."""

    auth_required = False  # we log in ourselves, with the token of the last time where it lasts
    word = ""

    def get_parser(self, prog_name: str) -> ArgumentParser:
        """Return the client's parser with our command's arguments."""
        parser = super().get_parser(prog_name)
        _our(self.word).arguments(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> int:
        """Carry our command out, and return its exit code."""
        from osc_lib.exceptions import CommandError  # noqa: PLC0415 - only when it runs

        from stackloom.errors import StackloomError  # noqa: PLC0415 - the same

        try:
            return _our(self.word).run(_invocation(self.app, parsed_args))
        except StackloomError as error:
            raise CommandError(f"{error}\n{error.hint}".rstrip()) from error


class Plan(_Scenario):
    """Compare a scenario with the cloud."""

    word = "plan"


class Apply(_Scenario):
    """Plan, ask, and bring about what a scenario says."""

    word = "apply"


class Destroy(_Scenario):
    """Take away what a scenario has made."""

    word = "destroy"


class Draw(_Scenario):
    """Draw a scenario, from its file or as the cloud has it."""

    word = "draw"


class Show(command.Lister):
    """List what the cloud has of a scenario."""

    auth_required = False

    def get_parser(self, prog_name: str) -> ArgumentParser:
        """Return the client's parser for lists, with the scenario's name."""
        parser = super().get_parser(prog_name)
        parser.add_argument("scenario", metavar="<scenario>", help="the name in its file")
        return parser

    def take_action(self, parsed_args: Namespace) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Return the columns and a row for each resource."""
        from osc_lib.exceptions import CommandError  # noqa: PLC0415 - only when it runs

        from stackloom import operations  # noqa: PLC0415 - the same
        from stackloom.cli.connection import with_cloud  # noqa: PLC0415 - the same
        from stackloom.errors import StackloomError  # noqa: PLC0415 - the same

        try:
            states = with_cloud(
                _invocation(self.app, parsed_args),
                lambda cloud: operations.resources(cloud, parsed_args.scenario),
            )
        except StackloomError as error:
            raise CommandError(f"{error}\n{error.hint}".rstrip()) from error
        rows = [
            (address.kind, address.name, state.id, getattr(state, "status", ""))
            for address, state in sorted(states.items())
        ]
        return ("Kind", "Name", "ID", "Status"), rows


def _our(word: str) -> OurCommand:
    from stackloom import plug  # noqa: PLC0415 - only when it runs
    from stackloom.cli import commands  # noqa: PLC0415 - the same
    from stackloom.cli.command import Group  # noqa: PLC0415 - the same

    return plug.read_one(commands, word, "GROUP", Group).by_name[""]


def _invocation(app: Any, given: Namespace) -> Invocation:
    """Return what our command is given: its own options, and the cloud that the client has found.

    Args:
        app: the client's shell, whose own types say less than it has.
    """
    import os  # noqa: PLC0415 - only when it runs

    from stackloom.cli.command import Invocation  # noqa: PLC0415 - the same
    from stackloom.cli.options import CloudOptions, add_common_options  # noqa: PLC0415 - the same

    common = ArgumentParser(add_help=False)
    add_common_options(common)
    options = Namespace(**{**vars(common.parse_args([])), **vars(given)})
    options.quiet = app.options.verbose_level == 0
    # The client has looked at all OS_* already; a second look would mix them in again.
    environment = {name: value for name, value in os.environ.items() if name[:3] != "OS_"}
    settings = _settings(app.client_manager.get_configuration())
    return Invocation(
        options=options,
        cloud_options=CloudOptions(settings=settings),
        environment=environment,
        stdout=app.stdout,
        stderr=app.stderr,
    )


def _settings(configuration: dict[str, Any]) -> dict[str, str]:
    """Return the client's configuration by the names of our settings."""
    from stackloom.auth.settings import NAMES  # noqa: PLC0415 - only when it runs

    values = {**configuration, **configuration.get("auth", {})}
    return {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in values.items()
        if name in NAMES and isinstance(value, str | bool) and value != ""
    }
