# SPDX-License-Identifier: Apache-2.0
"""Pictures as parts of a page: whole documents become elements, with links and pins."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from stackloom.cloud.sketch import Bar, Box, Leg
from stackloom.scenario.picture.overlay import Change, Picture, Remark
from stackloom.scenario.picture.svg import svg
from stackloom.web.picture import Pin, anchor, inline

PICTURE = Picture(
    parts=(
        Bar(key="network.blue", label="blue"),
        Box(key="router_x.hub", sort="router", label="<hub> & co"),
        Leg(box="router_x.hub", bar="network.blue", key="port.one"),
    ),
    title="some",
    remarks={"network.blue": Remark(change=Change.CREATE)},
    has_overlay=True,
)


def _parts(*pins: Pin) -> ET.Element:
    return ET.fromstring(inline(svg(PICTURE), title="the <title>", pins=pins))


def test_a_picture_has_no_style_of_its_own_and_says_what_it_is_of() -> None:
    """The page's policy allows none; the page's own sheet knows its classes."""
    root = _parts()
    assert [element for element in root.iter() if "style" in element.tag] == []
    assert root.get("class") == "topology"
    assert root.findtext("title") == "the <title>"
    assert [element.tag for element in root.iter() if "{" in element.tag] == []


def test_boxes_and_bars_lead_to_what_the_page_says_of_them() -> None:
    """As links, which every browser can follow and focus; names are text."""
    links = {node.get("href"): node for node in _parts().iter("a")}
    assert set(links) == {"#row-network.blue", "#row-router_5fx.hub"}
    box = links["#row-router_5fx.hub"]
    assert (box.get("role"), box.get("tabindex"), box.get("data-key")) == (
        None,
        None,
        "router_x.hub",
    )
    assert "router <hub> & co" in (box.findtext("title") or "")
    assert links["#row-network.blue"].get("data-change") == "create"


def test_a_failure_is_pinned_to_what_failed() -> None:
    """Below its lower left corner, inside the picture, with the request id."""
    pin = Pin(address="router_x.hub", reason="409 from network " * 9, request_id="req-1")
    root = _parts(pin, Pin(address="server.elsewhere", reason="not in the picture"))
    pinned = [group for group in root.iter("g") if group.get("class") == "pin"]
    assert [group.get("data-pin") for group in pinned] == ["router_x.hub"]
    [group] = pinned
    reason, request_id = (text.text for text in group.iter("text"))
    assert reason == ("409 from network " * 9)[:43] + "…"
    assert request_id == "req-1"
    box = next(group.iter("rect"))
    face = next(
        rect
        for node in root.iter("a")
        if node.get("data-key") == "router_x.hub"
        for rect in node.iter("rect")
    )
    bottom = float(face.get("y", "0")) + float(face.get("height", "0"))
    assert float(box.get("y", "0")) == bottom + 3
    assert 0 < float(box.get("x", "0")) < float(root.get("width", "0"))


def test_a_failure_without_a_request_is_pinned_as_well() -> None:
    """To a bar at its beginning, to a leg at its dot."""
    root = _parts(Pin(address="network.blue", reason="cut"), Pin(address="port.one", reason="x"))
    pinned = [group for group in root.iter("g") if group.get("class") == "pin"]
    assert [[text.text for text in group.iter("text")] for group in pinned] == [["cut"], ["x"]]


def test_ids_are_made_of_keys() -> None:
    """So that no two keys have one id."""
    assert [anchor(key) for key in ("server.web-0", "a_b", "a b/c")] == [
        "row-server.web-0",
        "row-a_5fb",
        "row-a_20b_2fc",
    ]
