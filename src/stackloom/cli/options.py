# SPDX-License-Identifier: Apache-2.0
"""The options that every command takes; they may stand before or after its words."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from stackloom.auth.settings import NAMES

# What takes no value; ``--os-system-scope all`` has one, as in the ``openstack`` client.
_SWITCHES = ("--insecure",)


def add_global_options(parser: ArgumentParser) -> None:
    """Add them to a command's parser."""
    group = parser.add_argument_group("cloud and talk")
    group.add_argument("--os-cloud", default="", metavar="NAME", help="cloud of clouds.yaml")
    group.add_argument("--insecure", action="store_true", help="do not check TLS certificates")
    for name in NAMES:
        if name not in {"insecure", "verify"}:
            option = f"--os-{name.replace('_', '-')}"
            shown = "VALUE" if name != "system_scope" else "all"
            help_text = f"as OS_{name.upper()}"
            group.add_argument(option, default="", metavar=shown, help=help_text)
    group.add_argument("-q", "--quiet", action="store_true", help="only errors on stderr")
    group.add_argument("-v", "--verbose", action="store_true", help="say what is going on")
    group.add_argument("--debug", action="store_true", help="show every request, secrets left out")


def settings_of(options: Namespace) -> dict[str, str]:
    """Return what was given as ``--os-*``, by the names of ``auth.settings``."""
    given = {name: getattr(options, f"os_{name}", "") for name in NAMES}
    if options.insecure:
        given["insecure"] = "true"
    return {name: value for name, value in given.items() if value}


def takes_value(option: str) -> bool:
    """Tell whether the word after a global option belongs to it."""
    return option.startswith("--os-") and "=" not in option and option not in _SWITCHES
