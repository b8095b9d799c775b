# SPDX-License-Identifier: Apache-2.0
"""How wide text is, before anybody has chosen a font. Pure.

Measured are letters of Roboto, which the PNG is drawn with, and a little room, because a browser
may have another font of that style.
"""

from __future__ import annotations

import unicodedata

# Advance widths of " " to "~" in hundredths of the size: fontpkg-roboto 3.15, table hmtx.
_WIDTHS = (
    *(25, 26, 32, 62, 56, 73, 62, 17, 34, 35, 43, 57, 20, 28, 26, 41),
    *(56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 24, 21, 51, 55, 52, 47),
    *(90, 65, 62, 65, 66, 57, 55, 68, 71, 27, 55, 63, 54, 87, 71, 69),
    *(63, 69, 62, 59, 60, 65, 64, 89, 63, 60, 60, 27, 41, 27, 42, 45),
    *(31, 54, 56, 52, 56, 53, 35, 56, 55, 24, 24, 51, 24, 88, 55, 57),
    *(56, 57, 34, 52, 33, 55, 48, 75, 50, 47, 50, 34, 24, 34, 68),
)
_FIRST = 32
_OTHER = 62
_WIDE = 104
_ROOM = 1.02
_ELLIPSIS = "…"


def text_width(text: str, size: float) -> float:
    """Return how many pixels *text* takes at a font size in pixels."""
    return sum(map(_letter, text)) * size * _ROOM / 100


def fitted(text: str, size: float, width: float) -> str:
    """Return *text*, or as much of its beginning as fits with an ellipsis behind it."""
    if text_width(text, size) <= width:
        return text
    room = width - text_width(_ELLIPSIS, size)
    for end, letter in enumerate(text):
        room -= text_width(letter, size)
        if room < 0:
            return text[:end].rstrip() + _ELLIPSIS
    return text


def _letter(letter: str) -> int:
    index = ord(letter) - _FIRST
    if 0 <= index < len(_WIDTHS):
        return _WIDTHS[index]
    if unicodedata.combining(letter):
        return 0
    return _WIDE if unicodedata.east_asian_width(letter) in "WF" else _OTHER
