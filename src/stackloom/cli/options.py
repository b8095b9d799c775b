# SPDX-License-Identifier: Apache-2.0
"""The options that every command takes; they may stand before or after its words.

``--os-*`` are taken out before argparse sees the rest: declaring three dozen options that are
hardly ever given costs argparse 8 ms at each start.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence

import msgspec

from stackloom.auth.service_choice import is_service_key
from stackloom.auth.settings import NAMES
from stackloom.errors import UsageError

_CLOUD = "--os-cloud"
_NAME_BY_OPTION = {f"--os-{name.replace('_', '-')}": name for name in NAMES}
# Other words for the same, which fingers know.
_OLDER_OPTIONS = {
    "--os-default-domain": "default_domain_id",
    "--os-endpoint-type": "interface",
    "--os-auth-plugin": "auth_type",
    "--os-tenant-name": "project_name",
    "--os-tenant-id": "project_id",
}
# Options of single commands that look alike: of images, and of attachments of volumes.
_OF_COMMANDS = {"--os-distro", "--os-version", "--os-type"}
_NAME_BY_ANY_OPTION = {**_NAME_BY_OPTION, **_OLDER_OPTIONS}
OPTION_NAMES = (_CLOUD, *_NAME_BY_OPTION)
CLOUD_OPTIONS_HELP = (
    "which cloud: --os-cloud NAME of clouds.yaml, or "
    + ", ".join(option for option in _NAME_BY_OPTION if option != "--os-insecure")
    + "; each means what its OS_… variable means. For one service: --os-compute-api-version, "
    "-endpoint-override, -interface, -region-name, and so for the others"
)


class CloudOptions(msgspec.Struct, kw_only=True):
    """What was given as ``--os-*``.

    Attributes:
        cloud: the name given with ``--os-cloud``; empty for none.
        settings: the others, by the names of ``auth.settings``.
    """

    cloud: str = ""
    settings: dict[str, str] = msgspec.field(default_factory=dict)


def take_cloud_options(words: Sequence[str]) -> tuple[CloudOptions, list[str]]:
    """Split a command line into the ``--os-*`` options and the rest.

    Raises:
        UsageError: one that does not exist, or lacks its value.
    """
    found = CloudOptions()
    rest: list[str] = []
    waiting = iter(words)
    for word in waiting:
        option, equals, value = word.partition("=")
        if word == "--":
            rest += [word, *waiting]
        elif not option.startswith("--os-") or option in _OF_COMMANDS:
            rest.append(word)
        elif option != _CLOUD and not _name(option):
            raise UsageError(f"there is no option {option}", hint=_meant(option))
        else:
            given = value if equals else next(waiting, None)
            if given is None:
                raise UsageError(f"{option} needs a value")
            if option == _CLOUD:
                found.cloud = given
            else:
                found.settings[_name(option)] = given
    return found, rest


def _name(option: str) -> str:
    """Return the setting that an option means, empty for none."""
    if option in _NAME_BY_ANY_OPTION:
        return _NAME_BY_ANY_OPTION[option]
    name = option.removeprefix("--os-").replace("-", "_")
    return name if is_service_key(name) else ""


def _meant(option: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(option, [_CLOUD, *_NAME_BY_OPTION], n=3)
    return f"did you mean: {', '.join(close)}?" if close else "--help lists the options"


def add_common_options(parser: ArgumentParser) -> None:
    """Add the rest of them to a command's parser."""
    group = parser.add_argument_group("common")
    group.add_argument("--insecure", action="store_true", help="do not check TLS certificates")
    group.add_argument(
        "--verify", action="store_true", help="check them, whatever the settings say"
    )
    group.add_argument(
        "--no-cache", action="store_true", help="log in anew, and keep no token on disk"
    )
    # "api" has a -q of its own.
    quiet = [each for each in ("-q", "--quiet") if each not in parser._option_string_actions]
    group.add_argument(*quiet, action="store_true", help="only errors on stderr")
    group.add_argument("-v", "--verbose", action="store_true", help="say what is going on")
    group.add_argument("--debug", action="store_true", help="show every request, secrets left out")
    group.add_argument("--timing", action="store_true", help="show how long each request took")
