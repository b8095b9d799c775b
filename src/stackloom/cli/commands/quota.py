# SPDX-License-Identifier: Apache-2.0
"""``quota``: how much a project may have, in Nova, Cinder and Neutron."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.identity import find_id
from stackloom.cli.kind_at_hand import ask, load_kind
from stackloom.cli.kind_commands import list_command
from stackloom.cli.output import LIST_FORMATS, add_output_options, write_list
from stackloom.cli.quota_sets import SERVICES, QuotaService, limits
from stackloom.cli.quota_sets import ask as ask_service
from stackloom.errors import NoEndpoint, UsageError

if TYPE_CHECKING:
    from stackloom.cli.quota_sets import Limit
    from stackloom.cloud.cloud import Cloud

_LIST = list_command("network.network_quota")
_OWN = "name or id; the own one if left out"


def _which(parser: ArgumentParser, *, all_of_them: str) -> None:
    """Declare the options that say of which services."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--all", action="store_true", help=all_of_them)
    for service in SERVICES:
        group.add_argument(f"--{service.name}", action="store_true", help="only of this service")


def _wanted(options: Namespace) -> Sequence[QuotaService]:
    named = [service for service in SERVICES if getattr(options, service.name)]
    return named or SERVICES


def _project_arguments(parser: ArgumentParser, help: str, *, optional: bool) -> None:
    parser.add_argument("project", nargs="?" if optional else None, help=help)
    parser.add_argument("--project-domain", metavar="DOMAIN", help="the domain of that project")


async def _project(cloud: Cloud, options: Namespace) -> str:
    """Return the id of the project that is meant.

    Raises:
        UsageError: none was named, and the token has none.
    """
    named = await find_id(cloud, "identity.project", options.project, options.project_domain)
    project_id = named or (await cloud.token()).project_id
    if not project_id:
        raise UsageError("this token has no project", hint="name one: quota show PROJECT")
    return project_id


# --- show -----------------------------------------------------------------------------------------


def _show_arguments(parser: ArgumentParser) -> None:
    _project_arguments(parser, _OWN, optional=True)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--default", action="store_true", help="what projects have at first")
    what.add_argument("--usage", action="store_true", help="how much of it is used as well")
    _which(parser, all_of_them="of all services; the default")
    add_output_options(parser, LIST_FORMATS)


def _show(invocation: Invocation) -> int:
    options = invocation.options

    async def work(cloud: Cloud) -> list[Limit]:
        project_id = await _project(cloud, options)
        found: list[Limit] = []
        for service in _wanted(options):
            below = service.default if options.default else service.usage if options.usage else ""
            try:
                told = await ask_service(cloud, service, "GET", project_id, below=below)
            except NoEndpoint:
                if getattr(options, service.name):
                    raise
                continue  # a cloud without Cinder has no quotas of it
            found += limits(service, told)
        return found

    found = ask(invocation, work)
    if options.usage:
        titles = ("Resource", "Limit", "In Use", "Reserved")
        write_list(invocation, titles, [(x.name, x.limit, x.used, x.reserved) for x in found])
    else:
        write_list(invocation, ("Resource", "Limit"), [(x.name, x.limit) for x in found])
    return 0


# --- list -----------------------------------------------------------------------------------------


def _list_arguments(parser: ArgumentParser) -> None:
    group = parser.add_mutually_exclusive_group()
    for service in SERVICES:
        group.add_argument(f"--{service.name}", action="store_true", help="of this service")
    _LIST.arguments(parser)


def _list(invocation: Invocation) -> int:
    """Neutron lists those that differ; of the others every project has to be asked for."""
    (service, *more) = _wanted(invocation.options)
    if more or service.name == "network":
        return _LIST.run(invocation)

    async def work(cloud: Cloud) -> tuple[list[str], list[list[object]]]:
        from stackloom.cloud.verbs import list_states

        rows: list[list[object]] = []
        names: list[str] = []
        async for project in list_states(cloud, load_kind("identity.project")):
            usual = await ask_service(cloud, service, "GET", project.id, below=service.default)
            told = await ask_service(cloud, service, "GET", project.id)
            names = [name for name in usual if name in service.settable]
            if any(told.get(name) != usual[name] for name in names):
                rows.append([project.id, *(told.get(name) for name in names)])
        return names, rows

    names, rows = ask(invocation, work)
    titles = ("Project ID", *(name.replace("_", " ").title() for name in names))
    write_list(invocation, titles, rows)
    return 0


# --- set, delete ----------------------------------------------------------------------------------


def _set_arguments(parser: ArgumentParser) -> None:
    _project_arguments(parser, "name or id", optional=False)
    for service in SERVICES:
        group = parser.add_argument_group(service.name)
        for name in service.settable:
            group.add_argument(
                f"--{service.title(name)}", dest=_field(service, name), type=int, metavar="N"
            )
    parser.add_argument(
        "--volume-type", metavar="TYPE", help="with --volumes and its like: of this type alone"
    )
    parser.add_argument(
        "--force", action="store_true", help="even if more is in use (compute, network)"
    )


def _field(service: QuotaService, name: str) -> str:
    return f"quota_{service.name}_{name}"


def _set(invocation: Invocation) -> int:
    options = invocation.options
    wanted = {service.name: _given(service, options) for service in SERVICES}
    if not any(wanted.values()):
        raise UsageError("nothing to set was given", hint="--help lists what can be set")

    async def work(cloud: Cloud) -> None:
        project_id = await _project(cloud, options)
        for service in SERVICES:
            if body := wanted[service.name]:
                await ask_service(cloud, service, "PUT", project_id, body=body)

    ask(invocation, work)
    return 0


def _given(service: QuotaService, options: Namespace) -> dict[str, Any]:
    """Return what is to be set in one service, by its names.

    Source: cinder/api/contrib/quotas.py, 29.0.0, ``volumes_TYPE``; neutron/quota/resource.py,
    29.0.0: what is in use counts unless forced.
    """
    given = {name: getattr(options, _field(service, name)) for name in service.settable}
    body = {name: value for name, value in given.items() if value is not None}
    if service.name == "volume" and options.volume_type:
        return {f"{name}_{options.volume_type}": value for name, value in body.items()}
    if body and options.force and service.name != "volume":
        body["force"] = True
    return body


def _delete_arguments(parser: ArgumentParser) -> None:
    _project_arguments(parser, "name or id", optional=False)
    _which(parser, all_of_them="in all services; the default")


def _delete(invocation: Invocation) -> int:
    options = invocation.options

    async def work(cloud: Cloud) -> None:
        project_id = await _project(cloud, options)
        for service in _wanted(options):
            try:
                await ask_service(cloud, service, "DELETE", project_id)
            except NoEndpoint:
                if getattr(options, service.name):
                    raise

    ask(invocation, work)
    return 0


GROUP = Group(
    help="Limits of projects in Nova, Cinder and Neutron",
    commands=(
        Command(
            name="list",
            help="List the projects whose limits are not the default; of Neutron if none is named",
            arguments=_list_arguments,
            run=_list,
        ),
        Command(
            name="show", help="Show the limits of a project", arguments=_show_arguments, run=_show
        ),
        Command(
            name="set",
            help="Change the limits of a project (administrators)",
            arguments=_set_arguments,
            run=_set,
        ),
        Command(
            name="delete",
            help="Put the limits of a project back to the default (administrators)",
            arguments=_delete_arguments,
            run=_delete,
        ),
    ),
)
