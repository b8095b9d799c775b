# SPDX-License-Identifier: Apache-2.0
"""The SVG: well-formed, readable by people and programs, and never by colour alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest
from tests.scenario.picture.examples import CHANGING, PLAIN

from stackloom.cloud.sketch import Bar, Box, Leg, Part
from stackloom.scenario.picture.overlay import Picture
from stackloom.scenario.picture.svg import svg
from stackloom.scenario.picture.theme import Theme

_SVG = "{http://www.w3.org/2000/svg}"


def _root(picture: Picture, *, theme: Theme = Theme.AUTO) -> ET.Element:
    return ET.fromstring(svg(picture, theme=theme))


def _groups(root: ET.Element) -> Iterator[ET.Element]:
    yield from (group for group in root.iter(f"{_SVG}g") if group.get("role"))


def _titles(root: ET.Element) -> dict[str, str]:
    """Return the full text of everything that has an id."""
    return {
        group.attrib["id"]: group.findtext(f"{_SVG}title") or ""
        for group in _groups(root)
        if "id" in group.attrib
    }


def test_everything_has_an_id_that_stays_and_its_full_text() -> None:
    """What a page can attach to, and what is read out to who does not see it."""
    assert _titles(_root(PLAIN)) == {
        "node-network.public": "external network of others public\nrouter hub 203.0.113.4",
        "node-network.blue": "network blue\nmtu 1450\nsubnet 10.0.0.0/24, no DHCP\n"
        'server web <"1"> 10.0.0.5\nrouter hub 10.0.0.1',
        "node-network.green": 'network green, DOWN\nserver web <"1"> 10.1.0.5\nport spare',
        "node-router.hub": "router hub, ACTIVE\non public 203.0.113.4\non blue 10.0.0.1\n"
        "route a via b",
        "node-server.web": 'server web <"1">, m1.tiny, ERROR\non blue 10.0.0.5\non green 10.1.0.5\n'
        "floating IP 203.0.113.7\nvolume data, 10 GiB, /dev/vdb",
        "node-port.spare": "port spare, DOWN\non green",
        "node-server.alone": "server alone, SHUTOFF",
        "leg-router.hub_to_network.public": "router hub on public 203.0.113.4 by its gateway",
        "leg-router.hub_to_network.blue": "router hub on blue 10.0.0.1",
        "leg-server.web_to_network.blue": 'server web <"1"> on blue 10.0.0.5',
        "leg-server.web_to_network.green": (
            'server web <"1"> on green 10.1.0.5\nMAC fa:16:3e:00:00:01'
        ),
        "leg-port.spare_to_network.green": "port spare on green",
    }


def test_the_whole_says_what_it_is() -> None:
    """A title and a summary, which the root refers to."""
    root = _root(CHANGING)
    assert root.get("aria-labelledby") == "picture-title picture-description"
    assert root.findtext(f"{_SVG}title") == "some & all"
    assert root.findtext(f"{_SVG}desc") == (
        "3 networks, 1 port, 1 router, 2 servers; "
        "1 to create, 1 to update, 1 to replace, 1 to delete"
    )


def test_ids_are_unique() -> None:
    """Also those of things whose keys are alike."""
    parts: tuple[Part, ...] = (
        Bar(key="a/b", label="one"),
        Bar(key="a_2fb", label="two"),
        *(Box(key=key, sort="server", label=key) for key in ("x", "x y")),
        *(Leg(box=key, bar=bar) for key in ("x", "x y") for bar in ("a/b", "a_2fb")),
    )
    ids = re.findall(r' id="([^"]+)"', svg(Picture(parts=parts)))
    assert len(ids) == len(set(ids))
    assert "node-a_2fb" in ids


def test_what_changes_has_a_sign_a_word_and_a_class() -> None:
    """And its fields in its text: whoever sees no colour sees the sign."""
    root = _root(CHANGING)
    changes = {
        group.get("id") or group.get("data-key"): group.get("data-change")
        for group in _groups(root)
        if "data-change" in group.attrib
    }
    assert changes == {
        "node-network.green": "create",
        "node-server.web": "replace",
        "leg-server.web_to_network.green": "create",
        "floating_ip.web": "delete",
    }
    titles = _titles(root)
    assert titles["node-server.web"].endswith(
        '± replace\n  image: "a" → "b" (forces replacement)\nfailed: no valid host'
    )
    assert titles["node-network.blue"].endswith("~ update\n  gateway_ip: null → 10.0.0.1")
    for group in _groups(root):
        if "data-change" in group.attrib:
            assert (
                group.find(f".//{_SVG}circle[@class='mark {group.get('data-change')}']") is not None
            )
    web = next(group for group in _groups(root) if group.get("id") == "node-server.web")
    assert (web.get("data-stage"), web.get("class")) == ("failed", "node server replace failed")


def test_what_the_signs_mean_stands_below() -> None:
    """With what has no place in the picture, and what could not be listed."""
    text = [element.text for element in _root(CHANGING).findall(f"{_SVG}text")]
    assert text[-6:] == [
        "1 to create",
        "1 to update",
        "1 to replace",
        "1 to delete",
        "not in the picture: + keypair.mine",
        "missing: volumes: 403",
    ]


def test_a_plan_without_changes_says_so() -> None:
    """Rather than nothing, as a picture that compares nothing does."""
    same = Picture(parts=PLAIN.parts, has_overlay=True)
    assert [element.text for element in _root(same).findall(f"{_SVG}text")][-1] == "nothing changes"
    assert "nothing changes" not in svg(PLAIN)


@pytest.mark.parametrize("theme", [Theme.LIGHT, Theme.DARK])
def test_a_fixed_theme_needs_no_variables(theme: Theme) -> None:
    """Programs that turn it into pixels know none."""
    text = svg(CHANGING, theme=theme)
    assert "var(" not in text
    assert "@media" not in text
    assert "[" not in (_root(CHANGING, theme=theme).findtext(f"{_SVG}style") or "[")


def test_one_file_is_light_and_dark() -> None:
    """The viewer's system chooses, and paper is light; every variable has a value in both."""
    style = _root(PLAIN).findtext(f"{_SVG}style") or ""
    assert "@media(prefers-color-scheme:dark)" in style
    assert "@media print" in style
    used = set(re.findall(r"var\(--(\w+)\)", style))
    for block in re.findall(r":root\{([^}]*)\}", style):
        assert used <= set(re.findall(r"--(\w+):", block))


@pytest.mark.parametrize("theme", [Theme.LIGHT, Theme.DARK])
def test_text_can_be_read_on_what_it_stands_on(theme: Theme) -> None:
    """Contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3), on cards of every colour."""
    style = svg(CHANGING, theme=theme)
    text = re.search(r"\.title\{[^}]*fill:(#\w+)", style)
    small = re.search(r"^text\{[^}]*fill:(#\w+)", style, re.MULTILINE)
    assert text
    assert small
    grounds = re.findall(r"\.(?:page|face|\w+ \.face)\{fill:(#\w+)", style)
    assert len(grounds) == 6
    for ground in grounds:
        assert _contrast(text[1], ground) >= 4.5
        assert _contrast(small[1], ground) >= 4.5


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted(map(_luminance, (one, other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_names_cannot_break_out() -> None:
    """What somebody calls a server is text, in every place where it stands."""
    evil = '</title><script>alert("1")</script>&\x00\x1b'
    parts = (
        Bar(key=evil.replace(" ", ""), label=evil, note=evil, details=(evil,)),
        Box(key='k"><script>', sort=evil, label=evil, note=evil, status=evil),
    )
    text = svg(Picture(parts=parts, title=evil, notices=(evil,)))
    assert "<script" not in text
    assert ET.fromstring(text).findtext(f"{_SVG}title") == evil[:-2] + "\ufffd" * 2


def test_many_alike_are_one_with_all_their_keys() -> None:
    """So that a page finds each of them; shown one by one where that is asked for."""
    parts = [Bar(key="n", label="n")]
    boxes = [Box(key=f"web-{n}", sort="server", label=f"web-{n}") for n in range(9)]
    picture = Picture(parts=(*parts, *boxes, *(Leg(box=box.key, bar="n") for box in boxes)))
    nodes = [each for each in _groups(_root(picture)) if each.get("class") == "node server"]
    assert [node.get("data-key") for node in nodes] == [" ".join(box.key for box in boxes)]
    title = nodes[0].findtext(f"{_SVG}title") or ""
    assert title.splitlines()[:2] == ["9 alike: web ×9", "web-0: n"]
    assert svg(picture, expand=True).count('class="node server"') == 9
