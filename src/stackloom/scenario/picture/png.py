# SPDX-License-Identifier: Apache-2.0
"""Turn an SVG into a PNG, with resvg and a font of our own, both of the extra ``png``."""

from __future__ import annotations

from importlib import import_module
from importlib.resources import as_file, files
from typing import Any

from stackloom.errors import UsageError

_FONT_PACKAGE = "fontpkg_roboto"
# Roboto has no arrow, and with one the whole text is drawn in whatever other font has it.
_DRAWABLE = str.maketrans({"→": "›"})


def png(svg: str, *, scale: float = 2.0) -> bytes:
    """Return the picture as a PNG.

    Letters that Roboto does not have come from the fonts of this machine.

    Args:
        svg: one for a fixed theme; the program that draws it knows no style variables.
        scale: pixels of the PNG for one of the SVG; 2 is sharp on today's screens.

    Raises:
        UsageError: the extra is not installed.
    """
    resvg = _installed("resvg_py")
    with as_file(files(_installed(_FONT_PACKAGE)) / "files") as directory:
        drawn: bytes = resvg.svg_to_bytes(
            svg_string=svg.translate(_DRAWABLE),
            font_dirs=[str(directory)],
            zoom=scale,
            sans_serif_family="Roboto",
        )
    return drawn


def _installed(name: str) -> Any:
    """Import a module of the extra; what it has is only known where it is installed."""
    try:
        return import_module(name)
    except ImportError as error:
        raise UsageError(
            f"a PNG cannot be drawn: {error}",
            hint='install the extra: pip install "stackloom[png]"; an SVG needs nothing',
        ) from error
