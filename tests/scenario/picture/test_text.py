# SPDX-License-Identifier: Apache-2.0
"""Pictures in characters, compared as a whole."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from pathlib import Path

from stackloom import operations
from stackloom.cloud.sketch import Badge, Bar, BarNote, Box, Leg, Part, Port
from stackloom.scenario.picture.overlay import Change, Picture, Remark, Stage, between
from stackloom.scenario.picture.text import draw

EXAMPLES = Path(__file__).parents[3] / "examples"


def _bar(name: str, *notes: str) -> list[Part]:
    return [Bar(key=name, label=name), *(BarNote(bar=name, note=note) for note in notes)]


def _box(sort: str, name: str, legs: str, note: str = "") -> list[Part]:
    """Build a box and its legs from ``"blue:10.0.0.1 green"``."""
    parts: list[Part] = [Box(key=name, sort=sort, label=name, note=note)]
    for leg in legs.split():
        bar, _, address = leg.partition(":")
        parts.append(Leg(box=name, bar=bar, note=address))
    return parts


def _drawn(parts: Iterable[Part]) -> str:
    return draw(Picture(parts=tuple(parts)))


def _picture(*groups: Iterable[Part], plain: bool = False) -> str:
    picture = Picture(parts=tuple(part for group in groups for part in group))
    return "\n" + draw(picture, plain=plain) + "\n"


def test_nothing_is_an_empty_picture() -> None:
    """No parts, no lines."""
    assert _drawn([]) == ""


def test_a_network_with_nothing_on_it_is_a_bar() -> None:
    """Its ranges stand beside its name, in their own order, and its state last."""
    parts = [Bar(key="n", label="blue", note="DOWN"), *_bar("n", "fd00::/64", "10.0.0.0/24")[1:]]
    expected = """
blue  10.0.0.0/24  fd00::/64  DOWN
━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
"""
    assert _picture(parts) == expected


def test_the_example_is_drawn_from_its_file() -> None:
    """Two networks, joined by the router in the gutter at the right."""
    scenario = operations.read_scenario(EXAMPLES / "two-networks.yaml").scenario
    expected = """
blue  10.10.1.0/24
━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  ├─▣ alice  m1.tiny
  └─◈ hub ──────────────────────────────┐
                                        │
green  10.10.2.0/24                     │
━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ │
  ├─▣ bob    m1.tiny                    │
  └─◈ hub ──────────────────────────────┘
"""
    assert "\n" + draw(operations.topology_of(scenario)) + "\n" == expected


def test_a_server_on_two_networks_and_a_router_have_lines_of_their_own() -> None:
    """Where one has to cross another it does so at a crossing, never through text."""
    expected = """
blue
━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  ├─▣ alice  10.0.0.5  ACTIVE
  ├─▣ both   10.0.0.6  ACTIVE ──────────┐
  └─◈ hub    10.0.0.1  external gateway ┼─┐
                                        │ │
green                                   │ │
━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ │ │
  ├─▣ both   10.0.1.6  ACTIVE ──────────┘ │
  └─◈ hub    10.0.1.1  external gateway ──┘
"""
    assert (
        _picture(
            _bar("blue"),
            _bar("green"),
            _box("server", "alice", "blue:10.0.0.5", "ACTIVE"),
            _box("server", "both", "blue:10.0.0.6 green:10.0.1.6", "ACTIVE"),
            _box("router", "hub", "blue:10.0.0.1 green:10.0.1.1", "external gateway"),
        )
        == expected
    )


def test_a_router_on_five_networks_is_one_line_down_the_side() -> None:
    """The picture grows downward, not sideways."""
    names = [f"net-{number}" for number in range(1, 6)]
    router = _box("router", "hub", " ".join(names))
    expected = """
net-1
━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  └─◈ hub ──────────────────────────────┐
                                        │
net-2                                   │
━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ │
  └─◈ hub ──────────────────────────────┤
                                        │
net-3                                   │
━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ │
  └─◈ hub ──────────────────────────────┤
                                        │
net-4                                   │
━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ │
  └─◈ hub ──────────────────────────────┤
                                        │
net-5                                   │
━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ │
  └─◈ hub ──────────────────────────────┘
"""
    assert _picture(*(_bar(name) for name in names), router) == expected


def test_lines_that_do_not_meet_share_a_column() -> None:
    """The second router begins below where the first ends."""
    expected = """
a
━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  └─◈ ab ───────────────────────────────┐
                                        │
b                                       │
━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ │
  ├─◈ ab ───────────────────────────────┘
  └─◈ bc ───────────────────────────────┐
                                        │
c                                       │
━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ │
  ├─◈ bc ───────────────────────────────┘
  └─◈ cd ───────────────────────────────┐
                                        │
d                                       │
━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ │
  └─◈ cd ───────────────────────────────┘
"""
    assert (
        _picture(
            _bar("a"),
            _bar("b"),
            _bar("c"),
            _bar("d"),
            _box("router", "ab", "a b"),
            _box("router", "cd", "c d"),
            _box("router", "bc", "b c"),
        )
        == expected
    )


def test_only_ascii_where_no_more_can_be_shown() -> None:
    """Lines and symbols have plain forms; a letter without one becomes a question mark."""
    expected = """
blau  10.0.0.0/24
==+====================================
  |-# alice
  |-# both -----------------------------+
  `-R hub ------------------------------+-+
                                        | |
gr?n                                    | |
==+==================================== | |
  |-# both -----------------------------+ |
  |-o laser                               |
  `-R hub --------------------------------+
"""
    assert (
        _picture(
            _bar("blau", "10.0.0.0/24"),
            _bar("grün"),
            _box("server", "alice", "blau"),
            _box("server", "both", "blau grün"),
            _box("router", "hub", "blau grün"),
            _box("printer", "laser", "grün"),
            plain=True,
        )
        == expected
    )


def test_long_names_push_the_gutter_aside() -> None:
    """No line runs through text, however long it is."""
    name = "a-name-that-somebody-made-up-on-a-long-day"
    expected = """
blue
━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  └─▣ a-name-that-somebody-made-up-on-a-long-day  BUILD ┐
                                                        │
green                                                   │
━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ │
  └─▣ a-name-that-somebody-made-up-on-a-long-day  BUILD ┘
"""
    assert (
        _picture(_bar("blue"), _bar("green"), _box("server", name, "blue green", "BUILD"))
        == expected
    )


def test_what_stands_on_no_network_is_listed_below() -> None:
    """And a network of others, of which only its id is known, gets a bar."""
    expected = """
net-7  of others
━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  └─▣ guest  10.9.9.9

on no network:
    ▣ alone
"""
    assert (
        _picture(
            _box("server", "alone", ""),
            _box("server", "guest", "net-7:10.9.9.9"),
            [Leg(box="nobody", bar="blue")],
        )
        == expected
    )


def test_servers_without_any_network_are_a_list() -> None:
    """There is no bar to draw."""
    expected = """
on no network:
    ▣ alone  ACTIVE
"""
    assert _picture(_box("server", "alone", "", "ACTIVE")) == expected


def test_twelve_networks_are_drawn_by_their_names() -> None:
    """With numbers as numbers: the second comes before the tenth, whatever the cloud says first."""
    names = [f"net{number}" for number in range(12)]
    picture = _drawn([part for name in reversed(names) for part in _bar(name, "10.0.0.0/8")])
    headings = [line.split("  ")[0] for line in picture.splitlines() if line.startswith("net")]
    assert headings == names


def test_the_order_of_boxes_and_legs_does_not_change_the_picture() -> None:
    """Clouds list in any order; the same topology looks the same each time."""
    bars = [part for name in ("a", "b", "c") for part in _bar(name, f"{name}/24", f"{name}/25")]
    rest = [
        *_box("server", "s1", "a:1 b:2"),
        *_box("server", "s2", "b:3 c:4"),
        *_box("router", "r1", "a:5 c:6"),
        *_box("router", "r2", "b:7 c:8"),
    ]
    expected = _drawn([*bars, *rest])
    for seed in range(20):
        chance = random.Random(seed)
        shuffled = sorted(rest, key=lambda _part: chance.random())
        assert _drawn([*bars, *shuffled]) == expected


def test_no_line_ever_crosses_text() -> None:
    """In 50 random topologies lines only stand to the right of all text."""
    for seed in range(50):
        chance = random.Random(seed)
        bars = [f"n{number}" for number in range(chance.randrange(1, 8))]
        parts = [part for name in bars for part in _bar(name, "10.0.0.0/24" * chance.randrange(5))]
        for number in range(chance.randrange(12)):
            legs = chance.sample(bars, chance.randrange(1, len(bars) + 1))
            sort = chance.choice(["router", "server"])
            parts += _box(sort, f"{sort}{number}", " ".join(legs), "note " * chance.randrange(3))
        for line in _drawn(parts).splitlines():
            behind_the_corner = line[len("  ├─") :]
            assert re.fullmatch("[^─│┐┘┤┼]*[─│┐┘┤┼ ]*", behind_the_corner)


def test_badges_stand_behind_what_they_belong_to() -> None:
    """A floating IP on the server whose port has it, a volume with its place, a policy on a bar."""
    expected = """
public  external  [floating IP 203.0.113.9]
━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━

blue  [QoS policy slow]
━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  ├─▣ alice  10.0.0.5  [floating IP 203.0.113.7]  [security group web]  [volume data, /dev/vdb]
  └─◌ spare  10.0.0.6

not in use:
    keypair mine
"""
    drawn = _picture(
        [Bar(key="public", label="public", is_external=True), Bar(key="blue", label="blue")],
        [Box(key="alice", sort="server", label="alice")],
        [Leg(box="alice", bar="blue", note="10.0.0.5", key="p")],
        [Port(key="spare", bar="blue", label="spare", note="10.0.0.6")],
        [
            Badge(on="", key="k", sort="keypair", label="mine"),
            Badge(on="p", key="f", sort="floating_ip", label="203.0.113.7"),
            Badge(on="public", key="f9", sort="floating_ip", label="203.0.113.9"),
            Badge(on="p", key="g", sort="security_group"),
            Badge(on="", key="g", sort="security_group", label="web"),
            Badge(on="p", key="default-id", sort="security_group"),
            Badge(on="alice", key="d", sort="volume", note="/dev/vdb"),
            Badge(on="", key="d", sort="volume", label="data"),
            Badge(on="blue", key="q", sort="qos_policy", label="slow"),
        ],
    )
    assert drawn.replace("━", "") == expected.replace("━", "")


def test_what_changes_has_a_sign_before_it() -> None:
    """At networks, ranges, boxes, legs and badges; and what has no place in a picture is told."""
    parts = [
        *_bar("blue"),
        BarNote(bar="blue", note="10.0.0.0/24", key="s"),
        *_box("server", "new", "blue"),
        *_box("server", "old", "blue"),
        *_box("server", "same", "blue"),
        *_box("router", "hub", "blue"),
        Badge(on="same", key="d", sort="volume", label="data"),
    ]
    remarks = {
        "blue": Remark(change=Change.UPDATE),
        "s": Remark(change=Change.CREATE),
        "new": Remark(change=Change.CREATE, stage=Stage.RUNNING),
        "old": Remark(change=Change.DELETE, stage=Stage.DONE),
        "hub": Remark(change=Change.REPLACE, stage=Stage.FAILED),
        between("same", "blue", ""): Remark(change=Change.DELETE),
        between("same", "d"): Remark(change=Change.CREATE),
    }
    picture = Picture(
        parts=tuple(parts),
        remarks=remarks,
        has_overlay=True,
        elsewhere=("+ keypair.mine",),
        notices=("floating IPs could not be listed",),
    )
    expected = """
~ blue  + 10.0.0.0/24
━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  ├─+▸ ▣ new
  ├─-✓ ▣ old
  ├─- ▣ same  [+ volume data]
  └─±✗ ◈ hub

2 to create, 1 to update, 1 to replace, 1 to delete
not in the picture: + keypair.mine
missing: floating IPs could not be listed
"""
    assert "\n" + draw(picture) + "\n" == expected
    assert "%! R hub" in draw(picture, plain=True)
