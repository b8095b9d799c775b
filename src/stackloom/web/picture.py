# SPDX-License-Identifier: Apache-2.0
"""Make a picture a part of a page: no style of its own, links to the table, failures pinned. Pure.

A picture comes from the API as a whole SVG document. On a page it has the page's style sheet, whose
rules are the same (``sheet.py``), because a page whose policy allows no style in its text could not
show it otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from markupsafe import Markup

_SVG = "{http://www.w3.org/2000/svg}"
_NOT_IN_ID = re.compile(r"[^A-Za-z0-9.-]")
_PIN_HEIGHT = 36
_PIN_PADDING = 8
# Widths of a letter: of the reason in 11.5 px, of the request id in 10 px with equal widths.
_REASON_LETTER = 6.0
_ID_LETTER = 6.1
_LONGEST_REASON = 44


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """What went wrong with one thing, to be shown at its place.

    Attributes:
        reason: a few words: ``409 Conflict``.
        request_id: "" where no request failed.
    """

    address: str
    reason: str
    request_id: str = ""


def anchor(key: str) -> str:
    """Return the id of what a page says about a key: ``row-server.web``."""
    return "row-" + _NOT_IN_ID.sub(lambda found: f"_{ord(found[0]):x}", key)


def inline(svg: str, *, title: str, pins: Iterable[Pin] = ()) -> Markup:
    """Return a picture as an element of a page.

    Args:
        svg: a whole document, written by ``stackloom.scenario.picture.svg``.
        title: what the picture is of, for who does not see it.
    """
    # Written by ourselves; everything from outside is text and attributes in it.
    root = ET.fromstring(svg)  # noqa: S314
    for element in list(root.iter()):
        element.tag = element.tag.removeprefix(_SVG)
    _without_style(root)
    root.set("class", "topology")
    for child in root:
        if child.tag == "title":
            child.text = title
    for node in list(root.iter("g")):
        if node.get("tabindex") is not None:
            _linked(node)
    width = float(root.get("width", "0"))
    places = _places(root)
    for pin in pins:
        if pin.address in places:
            root.append(_pinned(pin, places[pin.address], width))
    return Markup(ET.tostring(root, encoding="unicode"))  # noqa: S704 - escaped by it


def _without_style(root: ET.Element) -> None:
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == "style":
                parent.remove(child)


def _linked(node: ET.Element) -> None:
    """Make a link of a box or bar: to what the page says about it, also without scripts."""
    keys = node.get("data-key", "").split()
    if not keys:
        return
    node.tag = "a"
    node.set("href", f"#{anchor(keys[0])}")
    for name in ("role", "tabindex"):
        node.attrib.pop(name, None)


def _places(root: ET.Element) -> dict[str, tuple[float, float]]:
    """Return by key where the lower left corner of each thing is."""
    places: dict[str, tuple[float, float]] = {}
    for element in root.iter():
        keys = element.get("data-key", "").split()
        corner = _corner(element) if keys else None
        for key in keys:
            if corner is not None and (element.tag == "a" or key not in places):
                places[key] = corner
    return places


def _corner(element: ET.Element) -> tuple[float, float] | None:
    for part in element.iter():
        if part.tag == "rect":
            return float(part.get("x", "0")), float(part.get("y", "0")) + float(
                part.get("height", "0")
            )
        if part.tag == "line":
            return float(part.get("x1", "0")), float(part.get("y1", "0")) + 4
        if part.tag == "circle" and part.get("cx"):
            return float(part.get("cx", "0")), float(part.get("cy", "0")) + 4
    return None


def _pinned(pin: Pin, corner: tuple[float, float], picture_width: float) -> ET.Element:
    reason = pin.reason
    if len(reason) > _LONGEST_REASON:
        reason = reason[: _LONGEST_REASON - 1] + "…"
    letters = max(len(reason) * _REASON_LETTER, len(pin.request_id) * _ID_LETTER)
    width = round(letters + 2 * _PIN_PADDING)
    height = _PIN_HEIGHT if pin.request_id else _PIN_HEIGHT - 14
    left = max(4.0, min(corner[0] + 6, picture_width - width - 4))
    top = corner[1] + 3
    point = min(max(corner[0] + 18, left + 8), left + width - 8)
    group = ET.Element("g", {"class": "pin", "data-pin": pin.address})
    title = ET.SubElement(group, "title")
    title.text = f"{pin.address}: {pin.reason} {pin.request_id}".rstrip()
    arrow = f"M{point - 6:g} {top:g}L{point:g} {top - 7:g}L{point + 6:g} {top:g}Z"
    ET.SubElement(group, "path", {"d": arrow})
    box = {"x": f"{left:g}", "y": f"{top:g}", "width": f"{width:g}", "height": f"{height:g}"}
    ET.SubElement(group, "rect", {**box, "rx": "4"})
    at = f"{left + _PIN_PADDING:g}"
    ET.SubElement(group, "text", {"x": at, "y": f"{top + 15:g}"}).text = reason
    if pin.request_id:
        place = {"class": "request", "x": at, "y": f"{top + 29:g}"}
        ET.SubElement(group, "text", place).text = pin.request_id
    return group
