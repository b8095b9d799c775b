# SPDX-License-Identifier: Apache-2.0
"""Which cloud is meant: the one that options or variables name, or else the local one.

Apart from ``operations.py`` so that a command which only lists something starts at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from stackloom.auth.config import CloudConfig, cloud_config
from stackloom.auth.origin import Origin
from stackloom.auth.settings import Settings, cloud_names, read_settings
from stackloom.errors import BadConfig


def choose_cloud(
    options: Mapping[str, str],
    environment: Mapping[str, str],
    *,
    cloud_name: str = "",
    note: Callable[[str], None],
) -> CloudConfig:
    """Return the cloud that options and variables name, or the local one if they name none.

    Args:
        note: told, in one line each, what a person should know about the choice.

    Raises:
        BadConfig: no cloud is named and the local one is not up.
    """
    return cloud_config(choose_settings(options, environment, cloud_name=cloud_name, note=note))


def choose_settings(
    options: Mapping[str, str],
    environment: Mapping[str, str],
    *,
    cloud_name: str = "",
    note: Callable[[str], None],
) -> Settings:
    """Return the settings behind ``choose_cloud``, with where each of them comes from."""
    settings = read_settings(options, environment, cloud_name=cloud_name)
    if settings is None:
        settings = _local_settings(options, environment)
        note(f"no cloud named: using {settings.source}")
    elif settings.ignored:
        note(f"{settings.source} is used as it stands; ignored: {', '.join(settings.ignored)}")
    for sentence in settings.notes:
        note(sentence)
    return settings


def _local_settings(options: Mapping[str, str], environment: Mapping[str, str]) -> Settings:
    from stackloom.local.access import access  # noqa: PLC0415 - only where no cloud is named

    local = access()
    if local is None:
        known = ", ".join(cloud_names(environment))
        raise BadConfig(
            "no cloud is named, and the local cloud is not up",
            hint="start it with: stackloom local up"
            + (f"; or name one with --os-cloud: {known}" if known else "; or set OS_CLOUD"),
        )
    return local_settings(local.environment("demo"), options, local.name)


def local_settings(
    local_environment: Mapping[str, str], options: Mapping[str, str], name: str
) -> Settings:
    """Return the settings of a local cloud, from the ``OS_*`` variables that it hands out."""
    settings = read_settings(options, local_environment)
    assert settings is not None, "the local cloud gives OS_AUTH_URL"
    user = local_environment.get("OS_USERNAME", "")
    given = Origin(words=f'local cloud "{name}"')
    origins = {key: origin if key in options else given for key, origin in settings.origins.items()}
    return replace(settings, source=f'local cloud "{name}" as {user}', origins=origins)
