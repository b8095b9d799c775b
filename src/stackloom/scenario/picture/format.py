# SPDX-License-Identifier: Apache-2.0
"""The formats of pictures, and one function that writes all of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import PurePath

from stackloom.errors import UsageError
from stackloom.scenario.picture.dot import dot
from stackloom.scenario.picture.mermaid import mermaid
from stackloom.scenario.picture.overlay import Picture
from stackloom.scenario.picture.png import png
from stackloom.scenario.picture.svg import svg
from stackloom.scenario.picture.text import draw
from stackloom.scenario.picture.theme import Theme


class Format(Enum):
    """How a picture is written; the value is the word for it."""

    TEXT = "text"
    SVG = "svg"
    PNG = "png"
    MERMAID = "mermaid"
    DOT = "dot"


_ENDINGS = {
    ".txt": Format.TEXT,
    ".svg": Format.SVG,
    ".png": Format.PNG,
    ".mmd": Format.MERMAID,
    ".mermaid": Format.MERMAID,
    ".dot": Format.DOT,
    ".gv": Format.DOT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a picture looks.

    Attributes:
        theme: of SVG and PNG.
        expand: show each of many boxes that are alike by itself; not in text, where all are shown.
        plain: only ASCII characters, in text.
    """

    theme: Theme = Theme.AUTO
    expand: bool = False
    plain: bool = False


def format_of(path: str) -> Format:
    """Return the format that a file's ending means.

    Raises:
        UsageError: it means none.
    """
    ending = PurePath(path).suffix.lower()
    if ending not in _ENDINGS:
        raise UsageError(
            f'the ending of "{path}" tells no format',
            hint=f"one of {', '.join(_ENDINGS)}, or say it with --format",
        )
    return _ENDINGS[ending]


def rendered(picture: Picture, format: Format, look: Look | None = None) -> bytes:
    """Return a picture as what stands in its file; the same picture gives the same bytes.

    Raises:
        UsageError: a PNG is wanted, and what draws it is not installed.
    """
    look = look or Look()
    if format is Format.PNG:
        # One image cannot be both; light is what a page without a word about it has.
        theme = Theme.LIGHT if look.theme is Theme.AUTO else look.theme
        return png(svg(picture, theme=theme, expand=look.expand))
    text = {
        Format.TEXT: lambda: draw(picture, plain=look.plain) + "\n",
        Format.SVG: lambda: svg(picture, theme=look.theme, expand=look.expand),
        Format.MERMAID: lambda: mermaid(picture, expand=look.expand),
        Format.DOT: lambda: dot(picture, expand=look.expand),
    }[format]()
    return text.encode()
