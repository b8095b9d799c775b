# SPDX-License-Identifier: Apache-2.0
"""``config``: which clouds there are, where settings come from, those of the service included."""

from __future__ import annotations

import re
from argparse import ArgumentParser

from stackloom.cli.command import Command, Group, Invocation
from stackloom.cli.output import LIST_FORMATS, add_output_options, write_list
from stackloom.cli.service_settings import (
    add_behind_proxy_option,
    add_service_options,
    check_extra,
    service_environment,
    service_settings,
)

_DEFAULTS = {"auth_type": "password", "interface": "public", "verify": "True"}
_SECRET_WORDS = ("password", "passcode", "secret", "assertion", "otp_key")


def _arguments(parser: ArgumentParser) -> None:
    add_output_options(parser, LIST_FORMATS)


def _show(invocation: Invocation) -> int:
    from stackloom.auth.origin import DEFAULT
    from stackloom.cli.connection import cloud_settings

    settings = cloud_settings(invocation)
    defaults = {name: DEFAULT for name in _DEFAULTS if name not in settings.values}
    origins = {**settings.origins, **defaults}
    values = {**_DEFAULTS, **settings.values}
    rows = [[name, shown(name, values[name]), origins[name].tell()] for name in sorted(values)]
    rows.append(["(tokens kept on disk)", str(settings.cache_tokens), settings.source])
    write_list(invocation, ["Name", "Value", "Source"], rows)
    return 0


def shown(name: str, value: str) -> str:
    """Return a value that everybody may see: stars in place of a secret."""
    is_token = name == "code" or name.endswith(("token", "authorization_code"))
    if is_token or any(word in name for word in _SECRET_WORDS):
        return "***"
    scheme, mark, rest = value.partition("://")
    if not mark:
        return value
    host, at, path = rest.partition("@")
    if at and "/" not in host:
        rest = f"***@{path}"
    # PostgreSQL takes it there as well.
    return f"{scheme}{mark}" + re.sub(r"(?i)([?&](?:ssl)?password=)[^&]*", r"\1***", rest)


def _list(invocation: Invocation) -> int:
    from stackloom.auth.settings import known_clouds

    rows = [
        [cloud.name, shown("auth_url", cloud.auth_url), list(cloud.regions), cloud.origin.tell()]
        for cloud in known_clouds(invocation.environment)
    ]
    write_list(invocation, ["Name", "Auth URL", "Regions", "Source"], rows)
    return 0


def _check_arguments(parser: ArgumentParser) -> None:
    add_output_options(parser, LIST_FORMATS)
    add_service_options(parser, "--database", "--listen", "--grpc-listen")
    add_behind_proxy_option(parser)


def _check(invocation: Invocation) -> int:
    check_extra()
    import asyncio

    import msgspec

    from stackloom.errors import BadConfig
    from stackloom.service.settings_trial import problems_found

    read = service_settings(invocation)
    values = msgspec.to_builtins(read.settings)
    rows = []
    for name, source in read.sources.items():
        section, _, key = name.partition(".")
        value = values[section][key]
        text = ",".join(value) if isinstance(value, tuple | list) else str(value)
        rows.append([name, shown("url", text), source])
    write_list(invocation, ["Name", "Value", "Source"], rows)
    found = asyncio.run(problems_found(read.settings, service_environment(invocation)))
    if problems := [*read.problems, *found]:
        raise BadConfig("\n".join([f"{len(problems)} found:", *problems]))
    invocation.talk("database and Keystone answer, and nothing is wrong with the settings")
    return 0


GROUP = Group(
    help="Clouds and settings of clouds.yaml, variables and options",
    commands=(
        Command(name="list", help="List the clouds of the files", arguments=_arguments, run=_list),
        Command(
            name="show",
            help="Show every setting that counts, and where it comes from",
            arguments=_arguments,
            run=_show,
        ),
        Command(
            name="check",
            help="Show every setting of the service, and try database and Keystone",
            arguments=_check_arguments,
            run=_check,
        ),
    ),
)
