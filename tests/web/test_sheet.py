# SPDX-License-Identifier: Apache-2.0
"""The page's colours and the rules of its pictures."""

from __future__ import annotations

import re

from stackloom.scenario.picture.theme import Theme, colours
from stackloom.web.sheet import colour_sheet, picture_sheet


def test_the_colours_are_those_of_pictures() -> None:
    """Light, dark by the system's wish, dark by the switch, and light on paper."""
    sheet = colour_sheet()
    for theme in (Theme.LIGHT, Theme.DARK):
        assert sheet.count(f"--page:{colours(theme)['page']}") == 2
    assert ":root[data-theme=dark]" in sheet
    rules = picture_sheet().splitlines()
    assert all(rule.startswith(".topology ") for rule in rules)
    assert ".topology .face{fill:var(--surface);stroke:var(--border);stroke-width:1.2}" in rules
    names = set(re.findall(r"var\(--(\w+)\)", picture_sheet()))
    assert names <= set(colours(Theme.LIGHT)), "a rule has a colour that nobody gives"
    where = {rule.partition("{")[0]: number for number, rule in enumerate(rules)}
    assert next(n for r, n in where.items() if ".wire.hue," in r) < next(
        n for r, n in where.items() if ".wire.create" in r
    ), "what changes has its colour whatever network it is on"
