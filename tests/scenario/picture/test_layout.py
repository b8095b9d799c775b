# SPDX-License-Identifier: Apache-2.0
"""The layout, tried with topologies that nobody would draw by hand."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stackloom.cloud.sketch import Badge, Bar, BarNote, Box, Leg, Part
from stackloom.scenario.picture.arrangement import Arrangement, Point, Rect
from stackloom.scenario.picture.layout import WIDEST, arrange
from stackloom.scenario.picture.overlay import Picture
from stackloom.scenario.picture.svg import svg

_Segment = tuple[Point, Point]


@st.composite
def _topologies(draw: st.DrawFn) -> list[Part]:
    """Build up to 30 networks and 40 boxes, alike and not, with legs anywhere, and badges."""
    names = [f"n{number}" for number in range(draw(st.integers(0, 30)))]
    parts: list[Part] = [
        Bar(key=name, label=name * draw(st.integers(1, 9)), is_external=draw(st.booleans()))
        for name in names
    ]
    for name in names:
        count = draw(st.integers(0, 3))
        parts += [BarNote(bar=name, note=f"10.{n}.0.0/16", key=f"{name}-{n}") for n in range(count)]
    for number in range(draw(st.integers(0, 40))):
        sort = draw(st.sampled_from(["server", "server", "router", "port"]))
        label = draw(st.sampled_from([f"web-{number}", f"{sort}{number}", "a" * number]))
        key = f"box{number}"
        status = draw(st.sampled_from(["", "ACTIVE", "ERROR"]))
        parts.append(Box(key=key, sort=sort, label=label, note="m1.tiny", status=status))
        on = draw(st.lists(st.sampled_from(names), max_size=4)) if names else []
        parts += [Leg(box=key, bar=bar, note=f"10.0.0.{n}") for n, bar in enumerate(on)]
        for badge in range(draw(st.integers(0, 3))):
            label = "203.0.113.7" * draw(st.integers(0, 3))
            parts.append(Badge(on=key, key=f"{key}-{badge}", sort="floating_ip", label=label))
    return parts


def _arranged(parts: Iterable[Part], *, expand: bool = False) -> Arrangement:
    return arrange(Picture(parts=tuple(parts)), expand=expand)


def _segments(points: Sequence[Point]) -> Iterator[_Segment]:
    yield from (tuple(sorted(pair)) for pair in pairwise(points))  # type: ignore[misc]


def _lines(arrangement: Arrangement) -> Iterator[tuple[str, _Segment]]:
    """Yield every straight line and whose it is, bars included."""
    for wire in arrangement.wires:
        yield from ((wire.key, segment) for segment in _segments(wire.points))
    for joint in arrangement.joints:
        yield from ((joint.joint.bar, segment) for segment in joint.stubs)
    for bar in arrangement.bars:
        yield bar.bar.key, ((bar.left, bar.y), (bar.right, bar.y))


def _runs_through(segment: _Segment, rect: Rect) -> bool:
    """Whether a line, horizontal or vertical, has more than a point inside a rectangle."""
    (left, top), (right, bottom) = segment
    return (
        min(left, right) < rect.right
        and max(left, right) > rect.x
        and min(top, bottom) < rect.bottom
        and max(top, bottom) > rect.y
    )


def _overlap(one: Rect, other: Rect) -> bool:
    return (
        one.x < other.right
        and other.x < one.right
        and one.y < other.bottom
        and other.y < one.bottom
    )


def _check(arrangement: Arrangement) -> None:
    """Hold what must be true of every picture."""
    rects = [place.rect for place in arrangement.cards]
    assert not [pair for pair in combinations(rects, 2) if _overlap(*pair)], "boxes overlap"
    for rect in rects:
        assert min(rect.x, rect.y) >= 0, "a box is outside"
        assert rect.right <= arrangement.width, "a box is outside"
        assert rect.bottom <= arrangement.height, "a box is outside"
    lines = [*_lines(arrangement)]
    for _key, segment in lines:
        assert segment[0][0] == segment[1][0] or segment[0][1] == segment[1][1], "a slanted line"
        through = [rect for rect in rects if _runs_through(segment, rect)]
        assert not through, f"a line runs through a box: {segment} {through}"
    words = [chip.rect for bar in arrangement.bars for chip in bar.chips]
    words += [
        Rect(text.x, text.y - 9, 4 * len(text.text), 9)
        for bar in arrangement.bars
        for text in bar.texts
    ]
    for word in words:
        assert not [rect for rect in rects if _overlap(word, rect)], "a name is under a box"
        assert not [line for _, line in lines if _runs_through(line, word)], "a line over a name"
    _check_apart(lines)
    _check_legs(arrangement, lines)


def _check_apart(lines: Sequence[tuple[str, _Segment]]) -> None:
    """No two lines of different things lie on one another."""
    for axis in (0, 1):
        at: dict[int, list[tuple[int, int, str]]] = {}
        for key, (start, end) in lines:
            if start[axis] == end[axis]:
                span = sorted((start[1 - axis], end[1 - axis]))
                at.setdefault(start[axis], []).append((span[0], span[1], key))
        for same in at.values():
            reached, whose = -1, ""
            for first, last, key in sorted(same):
                assert first >= reached or key == whose, "two lines are one"
                reached, whose = max((reached, whose), (last, key))


def _check_legs(arrangement: Arrangement, lines: Sequence[tuple[str, _Segment]]) -> None:
    """Every leg is drawn once, where a line of its box or bar is."""
    known = arrangement.topology
    shown = [(place.joint.box, place.joint.bar) for place in arrangement.joints]
    assert len(shown) == len(set(shown)), "a joint is drawn twice"
    behind = {(joint.box, joint.bar) for place in arrangement.cards for joint in place.card.more}
    assert {*shown} | behind == {(joint.box, joint.bar) for joint in known.joints}
    assert not {*shown} & behind
    for place in arrangement.joints:
        assert len(place.dots) in {1, len(place.joint.legs)}
        for x, y in place.dots:
            assert [
                key
                for key, (start, end) in lines
                if key in {place.joint.bar, place.card}
                and start[0] <= x <= end[0]
                and min(start[1], end[1]) <= y <= max(start[1], end[1])
            ], "a leg hangs in the air"


@pytest.mark.slow
@settings(max_examples=100, deadline=None, derandomize=True)
@given(_topologies(), st.booleans())
def test_nothing_is_in_the_way_of_anything(parts: list[Part], expand: bool) -> None:
    """Boxes do not overlap, no line runs through one, and every leg is drawn."""
    _check(_arranged(parts, expand=expand))


@pytest.mark.slow
@settings(max_examples=30, deadline=None, derandomize=True)
@given(_topologies(), st.randoms(use_true_random=False))
def test_the_order_of_the_parts_does_not_matter(parts: list[Part], chance: random.Random) -> None:
    """The same topology is the same bytes, in whatever order a cloud lists it."""
    mixed = [*parts]
    chance.shuffle(mixed)
    picture, again = (Picture(parts=tuple(each)) for each in (parts, mixed))
    assert svg(picture) == svg(again)
    assert svg(picture) == svg(picture)


def _networks(count: int, servers: int) -> list[Part]:
    parts: list[Part] = [Bar(key="public", label="public", is_external=True)]
    parts += [Box(key="hub", sort="router", label="hub"), Leg(box="hub", bar="public")]
    for number in range(count):
        name = f"net-{number}"
        parts += [Bar(key=name, label=name), BarNote(bar=name, note=f"10.0.{number}.0/24")]
        parts.append(Leg(box="hub", bar=name, note=f"10.0.{number}.1"))
        for server in range(servers):
            key = f"vm-{number}-{server}"
            parts.append(Box(key=key, sort="server", label=key, note="m1.small"))
            parts.append(Leg(box=key, bar=name, note=f"10.0.{number}.{server + 9}"))
    return parts


@pytest.mark.parametrize(
    ("networks", "servers", "most_high"),
    [(3, 1, 700), (20, 5, 3300), (100, 0, 3400), (100, 1, 5400), (100, 5, 5400)],
)
def test_a_picture_grows_downward(networks: int, servers: int, most_high: int) -> None:
    """With a hundred networks and five hundred servers it is no wider, and as high as expected."""
    arrangement = _arranged(_networks(networks, servers))
    assert arrangement.width <= WIDEST
    assert arrangement.height <= most_high
    _check(arrangement)


def test_a_hundred_routers_on_one_network_need_one_lane() -> None:
    """The lane is the network's; with one for each router it would be a meter wide."""
    parts: list[Part] = [Bar(key="public", label="public", is_external=True)]
    for number in range(100):
        parts += [
            Bar(key=f"n{number}", label=f"n{number}"),
            Box(key=f"r{number}", sort="router", label=f"r{number}"),
            Leg(box=f"r{number}", bar="public"),
            Leg(box=f"r{number}", bar=f"n{number}"),
        ]
    arrangement = _arranged(parts)
    _check(arrangement)
    right = max(place.right for place in arrangement.bars)
    lanes = {
        x
        for _key, ((x, top), (end, bottom)) in _lines(arrangement)
        if x == end and x > right and top != bottom
    }
    assert len(lanes) == 1


@pytest.mark.slow
def test_a_mesh_of_thirty_networks_can_be_drawn() -> None:
    """A router between any two: more lanes than have room, so the picture is as wide as it must."""
    parts: list[Part] = [Bar(key=f"n{number}", label=f"n{number}") for number in range(30)]
    for one, other in combinations(range(30), 2):
        key = f"r{one}-{other}"
        parts.append(Box(key=key, sort="router", label=key))
        parts += [Leg(box=key, bar=f"n{one}"), Leg(box=key, bar=f"n{other}")]
    _check(_arranged(parts))


def test_nothing_is_a_small_empty_picture() -> None:
    """Without parts there is still a page."""
    arrangement = _arranged([])
    assert (arrangement.bars, arrangement.cards, arrangement.wires) == ((), (), ())
    assert arrangement.width > 0
    assert arrangement.height > 0
