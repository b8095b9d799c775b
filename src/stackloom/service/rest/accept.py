# SPDX-License-Identifier: Apache-2.0
"""``Accept``: which of several formats a caller wants."""

from __future__ import annotations

from collections.abc import Sequence

from stackloom.service.refusal import Refused


def chosen(accept: str, offered: Sequence[str]) -> str:
    """Return the media type that *accept* likes best; among equals the one that is offered first.

    Without the header, the first.

    Raises:
        Refused: it wants none of them.
    """
    if not accept:
        return offered[0]
    wishes = [_wish(part) for part in accept.split(",") if part.strip()]
    liked = [(_liking(each, wishes), -place, each) for place, each in enumerate(offered)]
    liking, _, best = max(liked)
    if liking <= 0:
        raise Refused(
            "format.not-offered",
            f"Accept: {accept[:200]} names none of {', '.join(offered)}",
            hint="leave the header out, or name one of those",
        )
    return best


def _wish(part: str) -> tuple[str, float]:
    kind, *parameters = [each.strip().lower() for each in part.split(";")]
    for parameter in parameters:
        if parameter.startswith("q="):
            return kind, _quality(parameter[2:])
    return kind, 1.0


def _quality(text: str) -> float:
    """Return a weight from 0 to 1; what is none counts as 0, so nothing is chosen by it."""
    try:
        quality = float(text)
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0


def _liking(media_type: str, wishes: Sequence[tuple[str, float]]) -> float:
    """Return the weight of the closest wish: the type itself, its family, or anything."""
    family = media_type.partition("/")[0] + "/*"
    for kind in (media_type, family, "*/*"):
        weights = [quality for wished, quality in wishes if wished == kind]
        if weights:
            return max(weights)
    return 0.0
