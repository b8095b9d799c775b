# SPDX-License-Identifier: Apache-2.0
"""How values are said on the page: the filters of its templates. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from markupsafe import Markup

from stackloom.scenario.picture.icons import (
    CHANGE_GLYPHS,
    ICONS,
    OTHER_ICON,
    STAGE_GLYPHS,
)
from stackloom.wire.caller import Whoami

_LONGEST_VALUE = 2_000
_SHORT_ID = 16
_PATHS = {change.value: path for change, path in CHANGE_GLYPHS.items()} | {
    stage.value: path for stage, path in STAGE_GLYPHS.items()
}
# Networks are bars in pictures, and have no sign there.
_KINDS = {
    **ICONS,
    "network": "M1 7H13M4 7V11.5M10 7V2.5",
    "subnet": "M1 9H13M4 9V6M7 9V4.5M10 9V6",
    "router_interface": "M2 7H8M8 7A2.4 2.4 0 1 0 12.8 7 2.4 2.4 0 1 0 8 7",
}
# By which colour each state is told, beside its sign and its word.
_LOOKS = {
    "in_sync": "good",
    "succeeded": "good",
    "ready": "good",
    "done": "good",
    "drifted": "update",
    "changed": "update",
    "unmanaged": "update",
    "awaiting_approval": "update",
    "update": "update",
    "replace": "replace",
    "failed": "bad",
    "missing": "bad",
    "delete": "delete",
    "create": "create",
    "changing": "busy",
    "planning": "busy",
    "applying": "busy",
    "running": "busy",
}
_SIGNS = {
    "in_sync": "done",
    "succeeded": "done",
    "ready": "done",
    "drifted": "update",
    "changed": "update",
    "unmanaged": "create",
    "awaiting_approval": "waiting",
    "missing": "failed",
    "changing": "running",
    "planning": "running",
    "applying": "running",
    "queued": "waiting",
    "pending": "waiting",
    "cancelled": "skipped",
    "expired": "skipped",
    "stopped": "skipped",
    "unknown": "waiting",
    "absent": "delete",
    "in doubt": "waiting",
}


def sign(word: str) -> Markup:
    """Return the sign of a state, a change or a stage; those that pictures have."""
    path = _PATHS.get(_SIGNS.get(word, word), _PATHS["waiting"])
    return Markup(
        '<svg class="sign" viewBox="-9 -9 18 18" width="16" height="16" aria-hidden="true">'
        '<circle class="mark {look}" r="8"/><path class="glyph" d="{path}"/></svg>'
    ).format(look=look(word), path=path)


def look(word: str) -> str:
    """Return by which colour a state is told."""
    return _LOOKS.get(word, "idle")


def icon(kind: str) -> Markup:
    """Return the sign of a kind of resource."""
    # What belongs to a thing, such as the rules of a group, is called after it.
    known = max((name for name in _KINDS if kind.startswith(name)), key=len, default="")
    return Markup(
        '<svg class="kind" viewBox="-1 -1 16 16" width="16" height="16" aria-hidden="true">'
        '<path d="{path}"/></svg>'
    ).format(path=_KINDS.get(known, OTHER_ICON))


def glyphs() -> str:
    """Return the lines of the signs of stages as JSON, for scripts: ``{"done": "M-3.4 …"}``."""
    paths = {stage.value: path for stage, path in STAGE_GLYPHS.items()}
    return msgspec.json.encode(paths).decode()


def spoken(word: str) -> str:
    """Return a word of the wire as people write it: ``in sync``."""
    return word.replace("_", " ")


def moment(value: datetime | None, *, clock: bool = False) -> Markup:
    """Return a moment as ``2026-11-24 12:20:05 UTC``; scripts then say how long ago it is.

    Args:
        clock: they are to say at what time of the day instead.
    """
    if value is None:
        return Markup('<span class="none">never</span>')
    at = value.astimezone(UTC)
    return Markup('<time datetime="{iso}"{as_clock}>{text}</time>').format(
        as_clock=Markup(" data-clock") if clock else "",
        iso=at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        text=at.strftime("%Y-%m-%d %H:%M:%S UTC"),
    )


def cloud_id(id: str | None) -> Markup:
    """Return an id of the cloud, which may go on in the next line only where two are joined."""
    if not id:
        return Markup('<span class="none">–</span>')
    parts = [Markup("<span>{}</span>").format(part) for part in id.split("/")]
    return Markup('<code class="id">{}</code>').format(Markup("/<wbr>").join(parts))


def person(id: str, who: Whoami | None) -> Markup:
    """Return who somebody is: the name where it is the visitor, whose name alone is known."""
    if who is not None and who.user_id == id:
        return Markup('<span title="{}">{}</span>').format(id, who.user_name)
    if len(id) <= _SHORT_ID:
        return Markup("<span>{}</span>").format(id)
    return Markup('<code class="id" title="{}">{}…</code>').format(id, id[:8])


def lasting(seconds: float) -> str:
    """Return a time in words: ``0.4 s``, ``1 min 5 s``."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    whole = timedelta(seconds=round(seconds))
    minutes, rest = divmod(int(whole.total_seconds()), 60)
    return f"{minutes} min {rest} s"


def value(given: Any) -> str:
    """Return any value as JSON on one line, cut where it is very long."""
    if given is None:
        return "–"
    if isinstance(given, str):
        text = given
    else:
        text = msgspec.json.format(msgspec.json.encode(given), indent=0).decode()
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"
