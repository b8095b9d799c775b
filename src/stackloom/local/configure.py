# SPDX-License-Identifier: Apache-2.0
"""Turn a blueprint into the text of every configuration file; pure, writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from stackloom.local.service import Blueprint, Configuration, Service


def configuration(
    blueprint: Blueprint, services: Mapping[str, Service]
) -> dict[PurePosixPath, str]:
    """Return ``{path below the configuration directory: text}`` of all services."""
    return {
        PurePosixPath(service.name, file): render(content)
        for service in services.values()
        for file, content in service.files(blueprint).items()
    }


def render(content: Configuration) -> str:
    """Write sections and options as oslo.config reads them.

    A ``$`` would be taken for the name of another option there, and is doubled.
    """
    lines: list[str] = []
    for section, options in content.items():
        lines.append(f"[{section}]")
        lines += [f"{name} = {_value(value)}" for name, value in options.items()]
        lines.append("")
    return "\n".join(lines)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    assert "\n" not in text, "an option is one line"
    return text.replace("$", "$$")
