# SPDX-License-Identifier: Apache-2.0
"""The other formats, compared as a whole, and which ending means which."""

from __future__ import annotations

import struct
import sys

import pytest
from tests.scenario.picture.examples import CHANGING, PLAIN

from stackloom.cloud.sketch import Bar, Box, Leg
from stackloom.errors import UsageError
from stackloom.scenario.picture.dot import dot
from stackloom.scenario.picture.format import Format, Look, format_of, rendered
from stackloom.scenario.picture.mermaid import mermaid
from stackloom.scenario.picture.overlay import Picture
from stackloom.scenario.picture.png import png
from stackloom.scenario.picture.svg import svg
from stackloom.scenario.picture.text import draw
from stackloom.scenario.picture.theme import Theme


def test_mermaid_has_everything_and_its_changes() -> None:
    """Networks with round ends, a router as a hexagon, addresses on the lines."""
    words = "m1.tiny<br/>ERROR<br/>- 203.0.113.7<br/>data  10 GiB, /dev/vdb"
    expected = """\
flowchart LR
  n0(["public<br/>external"])
  n1(["~ blue<br/>10.0.0.0/24"])
  n2(["+ green<br/>DOWN"])
  b0["alone<br/>SHUTOFF"]
  b1["± web #lt;#quot;1#quot;#gt;<br/>{words}"]
  b2("spare<br/>DOWN")
  b3{{"hub<br/>ACTIVE"}}
  n1 ---|"10.0.0.5"| b1
  n2 ---|"+ 10.1.0.5"| b1
  n2 --- b2
  n0 ---|"203.0.113.4"| b3
  n1 ---|"10.0.0.1"| b3
  classDef create stroke:#15803d,stroke-width:3px
  class n2 create
  classDef replace stroke:#c2410c,stroke-width:3px
  class b1 replace
"""
    assert mermaid(CHANGING) == expected.replace("{words}", words)


def test_dot_has_everything_and_its_changes() -> None:
    """Nodes by their keys, quoted."""
    small = Picture(
        parts=(
            Bar(key="network.blue", label='bl"ue\\'),
            Box(key="server.web", sort="server", label="web"),
            Leg(box="server.web", bar="network.blue", note="10.0.0.5"),
        ),
        title="s",
    )
    expected = r"""graph "s" {
  graph [rankdir=LR, ranksep=1.2]
  node [fontname="sans-serif", fontsize=11]
  edge [fontname="sans-serif", fontsize=9]
  "network.blue" [shape=box, label="bl\"ue\\", color="#4d5d75", style="rounded,bold"]
  "server.web" [shape=box, label="web", color="#4d5d75", style="solid"]
  "network.blue" -- "server.web" [label="10.0.0.5", color="#4d5d75", style="solid"]
}
"""
    assert dot(small) == expected
    web = next(line for line in dot(CHANGING).splitlines() if line.startswith('  "server.web"'))
    assert 'label="± web <\\"1\\">\\nm1.tiny\\nERROR\\n- 203.0.113.7' in web
    assert 'color="#c2410c"' in web


def _size(image: bytes) -> tuple[int, int]:
    assert image[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", image[16:24])
    return width, height


def test_a_png_is_the_svg_twice_as_large() -> None:
    """The same each time; in the dark another."""
    light = rendered(PLAIN, Format.PNG)
    root = svg(PLAIN).splitlines()[0]
    width, height = _size(light)
    assert f'width="{width // 2}" height="{height // 2}"' in root
    assert light == rendered(PLAIN, Format.PNG, Look(theme=Theme.LIGHT))
    assert light != rendered(PLAIN, Format.PNG, Look(theme=Theme.DARK))


def test_the_letters_of_a_png_are_ours() -> None:
    """A picture with a name has more in it than the same without: some font was found."""
    named = Picture(parts=(Bar(key="n", label="blue"),))
    nameless = Picture(parts=(Bar(key="n", label="\u2003"),))
    images = [png(svg(each, theme=Theme.LIGHT)) for each in (named, nameless)]
    assert _size(images[0]) == _size(images[1])
    assert len(images[0]) > len(images[1])


def test_without_the_extra_a_png_is_refused_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything else goes on without it."""
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(UsageError) as refused:
        rendered(PLAIN, Format.PNG)
    assert refused.value.message.startswith("a PNG cannot be drawn: ")
    assert refused.value.hint == (
        'install the extra: pip install "stackloom[png]"; an SVG needs nothing'
    )
    assert rendered(PLAIN, Format.SVG)


@pytest.mark.parametrize(
    ("path", "format"),
    [
        ("a.svg", Format.SVG),
        ("docs/a.b.PNG", Format.PNG),
        ("a.mmd", Format.MERMAID),
        ("a.mermaid", Format.MERMAID),
        ("a.dot", Format.DOT),
        ("a.gv", Format.DOT),
        ("a.txt", Format.TEXT),
    ],
)
def test_a_files_ending_tells_the_format(path: str, format: Format) -> None:
    """In small or capital letters."""
    assert format_of(path) is format


@pytest.mark.parametrize("path", ["a", "a.jpg", ".svg"])
def test_other_endings_are_refused(path: str) -> None:
    """With those that there are."""
    with pytest.raises(UsageError) as refused:
        format_of(path)
    assert str(refused.value) == f'the ending of "{path}" tells no format'
    assert ".svg, .png, .mmd" in refused.value.hint


def test_every_format_is_written() -> None:
    """By one function, as what stands in a file."""
    assert rendered(PLAIN, Format.TEXT) == (draw(PLAIN) + "\n").encode()
    assert rendered(PLAIN, Format.SVG) == svg(PLAIN).encode()
    assert rendered(PLAIN, Format.MERMAID) == mermaid(PLAIN).encode()
    assert rendered(PLAIN, Format.DOT) == dot(PLAIN).encode()
    assert rendered(PLAIN, Format.TEXT, Look(plain=True)).isascii()


def test_letters_that_the_font_lacks_do_not_change_the_font_of_the_others() -> None:
    """An arrow is drawn as one that Roboto has."""
    lines = [f'<text x="9" y="30" font-family="sans-serif">53 {each} 63</text>' for each in "→›"]
    of_arrow, of_angle = [
        png(f'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40">{line}</svg>')
        for line in lines
    ]
    assert of_arrow == of_angle
