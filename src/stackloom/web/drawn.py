# SPDX-License-Identifier: Apache-2.0
"""From the picture that the API gave to the one on a page, or to why there is none. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from markupsafe import Markup

from stackloom.web.documents import Part, Refusal
from stackloom.web.picture import Pin, inline
from stackloom.wire.problem import ErrorItem

# A hundred networks with two hundred servers are a quarter of that. Others wait while it is read.
_MOST_CHARACTERS: Final = 1_000_000


def on_page(drawn: Part[str], *, title: str, pins: Iterable[Pin] = ()) -> Part[Markup]:
    """Return a picture as a part of a page.

    Args:
        drawn: a whole SVG document, or why it did not come.
        title: what the picture is of, for who does not see it.
    """
    if drawn.came is None:
        return Part(None, drawn.refusal)
    if len(drawn.came) > _MOST_CHARACTERS:
        return Part(None, _too_large(len(drawn.came)))
    return Part(inline(drawn.came, title=title, pins=pins))


def _too_large(characters: int) -> Refusal:
    item = ErrorItem(
        code="stackloom.body.too-large",
        status=413,
        title="The picture is too large for a page",
        detail=f"it has {characters:,} characters of SVG, and {_MOST_CHARACTERS:,} fit here",
        hint="the table has all of it; the API gives the picture as a file, under …/graph",
    )
    return Refusal(413, (item,))
