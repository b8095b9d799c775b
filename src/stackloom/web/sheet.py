# SPDX-License-Identifier: Apache-2.0
"""The colours of the page and the rules of its pictures: those of ``draw``, for a page. Pure.

Light or dark is what the visitor's system prefers, until the visitor chooses with the switch, which
sets ``data-theme`` on the root.
"""

from __future__ import annotations

import re

from stackloom.scenario.picture.theme import Theme, colours, style_sheet

_RULE = re.compile(r"^([^{}@]+)(\{[^{}]*\})$")


def colour_sheet() -> str:
    """Return the style sheet that gives every colour its name."""
    light, dark = _variables(Theme.LIGHT), _variables(Theme.DARK)
    return "\n".join(
        [
            f":root{{color-scheme:light;{light}}}",
            "@media(prefers-color-scheme:dark){",
            f":root:not([data-theme=light]){{color-scheme:dark;{dark}}}",
            "}",
            f":root[data-theme=dark]{{color-scheme:dark;{dark}}}",
            "@media print{",
            f":root,:root[data-theme]{{color-scheme:light;{light}}}",
            "}",
        ]
    )


def picture_sheet() -> str:
    """Return the rules of pictures with and without changes, for what is inside ``.topology``."""
    lines: dict[str, None] = {}
    # Rules that take colours away stand before those of changes, which give them.
    for has_overlay in (True, False):
        for line in style_sheet(Theme.AUTO, has_overlay=has_overlay).splitlines():
            rule = _RULE.match(line)
            if rule and not line.startswith(":root"):
                lines.setdefault(_scoped(rule[1]) + rule[2])
    return "\n".join(lines)


def _variables(theme: Theme) -> str:
    return ";".join(f"--{name}:{value}" for name, value in colours(theme).items())


def _scoped(selectors: str) -> str:
    return ",".join(f".topology {selector}" for selector in selectors.split(","))
