# SPDX-License-Identifier: Apache-2.0
"""Colours of pictures, light and dark, and the style sheet made of them. Pure.

A picture for both asks the viewer's system which it prefers. One for a fixed theme has its colours
written out, for programs that know no variables.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class Theme(Enum):
    """Which colours a picture has; ``AUTO`` is both, and the viewer's system chooses."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


_LIGHT = {
    "page": "#f7f9fc",
    "surface": "#ffffff",
    "border": "#c5d0de",
    "text": "#0f1b2d",
    "muted": "#4d5d75",
    "wire": "#76879f",
    "chip": "#e9eef5",
    "external": "#3c4a60",
    "hue0": "#2563eb",
    "hue1": "#7c3aed",
    "hue2": "#0a7f9c",
    "hue3": "#b321c4",
    "hue4": "#4338ca",
    "create": "#15803d",
    "create_tint": "#ecfaf1",
    "update": "#a8570a",
    "update_tint": "#fff6e5",
    "replace": "#bf4110",
    "replace_tint": "#fff1ea",
    "delete": "#c01f2d",
    "delete_tint": "#fdeeee",
    "good": "#15803d",
    "busy": "#1d63d8",
    "bad": "#c01f2d",
    "idle": "#66758c",
    "on_mark": "#ffffff",
}
_DARK = {
    "page": "#0d1522",
    "surface": "#172234",
    "border": "#374861",
    "text": "#e8eef8",
    "muted": "#a3b3ca",
    "wire": "#7e91ae",
    "chip": "#243349",
    "external": "#c3cfe0",
    "hue0": "#60a5fa",
    "hue1": "#a78bfa",
    "hue2": "#2cc4de",
    "hue3": "#e27df2",
    "hue4": "#8f95fb",
    "create": "#4ade80",
    "create_tint": "#12301f",
    "update": "#fbbf24",
    "update_tint": "#33270f",
    "replace": "#fb923c",
    "replace_tint": "#38210f",
    "delete": "#f87f84",
    "delete_tint": "#3a191f",
    "good": "#4ade80",
    "busy": "#60a5fa",
    "bad": "#f87f84",
    "idle": "#93a4bc",
    "on_mark": "#0d1522",
}
HUES = sum(name.startswith("hue") for name in _LIGHT)
FONTS = "Roboto,'Segoe UI','Helvetica Neue',Arial,'Liberation Sans','Noto Sans',sans-serif"

_CHANGES = ("create", "update", "replace", "delete")
_RULES = (
    f"text{{font-family:{FONTS};font-size:11px;fill:[muted]}}",
    ".page{fill:[page]}",
    ".title{font-size:13px;font-weight:600;fill:[text]}",
    ".name{font-size:13.5px;font-weight:600;fill:[text]}",
    ".note{font-size:11.5px}",
    ".heading{font-size:12px;font-weight:600}",
    ".chip text{font-size:10.5px;fill:[text]}",
    ".chip rect{fill:[chip]}",
    ".face{fill:[surface];stroke:[border];stroke-width:1.2}",
    ".icon{fill:none;stroke:[muted];stroke-width:1.4;stroke-linecap:round;stroke-linejoin:round}",
    ".wire,.stub{fill:none;stroke:[wire];stroke-width:2;stroke-linejoin:round}",
    ".halo{fill:none;stroke:[page];stroke-width:6}",
    ".bar line{stroke-width:6;stroke-linecap:round}",
    ".dot{fill:[page];stroke:[wire];stroke-width:2}",
    ".borrowed:not(.external) line{stroke-dasharray:14 9}",
    ".external line{stroke:[external];stroke-width:8}",
    ".external .core{stroke:[page];stroke-width:2.5}",
    ".good{fill:[good]}",
    ".busy{fill:[busy]}",
    ".bad{fill:[bad]}",
    ".idle{fill:[idle]}",
    ".glyph{fill:none;stroke:[on_mark];stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}",
    ".delete .title,.delete .name,.delete.chip text{text-decoration:line-through}",
    ".delete .face,.wire.delete,.stub.delete,.bar.delete line{stroke-dasharray:5 4}",
)
_HUE_RULES = (
    ".hue{n} line,.wire.hue{n},.stub.hue{n},.dot.hue{n}{stroke:[hue{n}]}",
    ".marker.hue{n}{fill:[hue{n}]}",
)
_CHANGE_RULES = (
    ".{c} .face{fill:[{c}_tint];stroke:[{c}];stroke-width:2}",
    ".{c}.chip rect{fill:[{c}_tint];stroke:[{c}]}",
    ".bar.{c} line,.wire.{c},.stub.{c}{stroke:[{c}]}",
    ".mark.{c}{fill:[{c}]}",
)
# Where changes are told by colour, networks have none of their own.
_OVERLAY_RULES = (
    ".hue line,.wire.hue,.stub.hue,.dot.hue{stroke:[wire]}",
    ".marker.hue{fill:[wire]}",
)
_MOTION = (
    "@media(prefers-reduced-motion:no-preference){"
    ".running .face{animation:pulse 1.2s ease-in-out infinite alternate}"
    "@keyframes pulse{to{stroke-opacity:.25}}}"
)


def colours(theme: Theme) -> Mapping[str, str]:
    """Return the colours of a fixed theme by the names that the rules give them."""
    assert theme is not Theme.AUTO, "a theme that is both has no colour of its own"
    return _LIGHT if theme is Theme.LIGHT else _DARK


def style_sheet(theme: Theme, *, has_overlay: bool) -> str:
    """Return the CSS of a picture.

    Args:
        has_overlay: colours say what changes, and no longer which network it is.
    """
    rules = [*_RULES]
    if has_overlay:
        rules += _OVERLAY_RULES
    else:
        rules += [rule.replace("{n}", str(number)) for number in range(HUES) for rule in _HUE_RULES]
    rules += [rule.replace("{c}", change) for change in _CHANGES for rule in _CHANGE_RULES]
    text = "\n".join(rules)
    if theme is Theme.AUTO:
        for name in _LIGHT:
            text = text.replace(f"[{name}]", f"var(--{name})")
        return "\n".join([*_variables(), text, _MOTION])
    for name, value in colours(theme).items():
        text = text.replace(f"[{name}]", value)
    return text


def _variables() -> list[str]:
    light = ";".join(f"--{name}:{value}" for name, value in _LIGHT.items())
    dark = ";".join(f"--{name}:{value}" for name, value in _DARK.items())
    return [
        f":root{{color-scheme:light dark;{light}}}",
        f"@media(prefers-color-scheme:dark){{:root{{{dark}}}}}",
        f"@media print{{:root{{{light}}}}}",
    ]
