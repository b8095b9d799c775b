# SPDX-License-Identifier: Apache-2.0
"""From a file to a scenario, or to everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.fakes.toy_kinds import TOY_KINDS, BedSpec, GardenerSpec, PlantSpec, Water

from stackloom.cloud.kind import Declared, Fault, Kind, Reference, Spec
from stackloom.cloud.mark import Address
from stackloom.errors import BadScenario, UsageError
from stackloom.operations import KINDS
from stackloom.resources.compute.keypair import KeypairSpec
from stackloom.resources.image.image import ImageSpec
from stackloom.scenario.attributes import Late
from stackloom.scenario.loader import load_file, load_text

TEXT_RULE = "(quotes make it a text, and so does ${text(...)})"
PLANT_FIELDS = " (known are: bed, light, sort, tied_to, watering)"


def _specs(text: str) -> dict[Address, Spec]:
    return dict(load_text(text, "garden.yaml", TOY_KINDS).scenario.specs)


def _problems(text: str) -> str:
    with pytest.raises(BadScenario) as caught:
        load_text(text, "garden.yaml", TOY_KINDS)
    return str(caught.value)


def test_a_file_becomes_specs_in_its_own_order() -> None:
    """Every entry is read into its struct, short forms come last."""
    text = """\
scenario: garden
description: for the tests
gardeners:
  anna: {beds: [north], tools: [spade]}
beds:
  north: {size: 2, crop: pea}
  south:
plants:
  bean: {bed: south, watering: [{litres: 3}]}
"""
    specs = _specs(text)
    assert list(specs.items()) == [
        (Address("gardener", "anna"), GardenerSpec(beds=("north",), tools=("spade",))),
        (Address("bed", "north"), BedSpec(size=2, crop="pea")),
        (Address("bed", "south"), BedSpec()),
        (Address("plant", "bean"), PlantSpec(bed="south", watering=(Water(litres=3),))),
        (Address("plant", "north"), PlantSpec(bed="north", sort="pea")),
    ]


def test_a_section_of_comments_is_an_empty_one() -> None:
    """Somebody who comments everything out is not told off."""
    assert _specs("scenario: garden\nbeds:\n  # north:\n") == {}


def test_a_mistake_in_line_7_is_told_with_file_line_and_column() -> None:
    """The whole message, as a person reads it."""
    text = """\
# My first garden.
scenario: garden
beds:
  north:
    size: 2
  south:
    sise: 3
"""
    assert _problems(text) == 'garden.yaml:7:5: "sise" is not known here ("size" is meant?)'


def test_all_problems_of_the_shape_come_at_once_in_the_order_of_the_file() -> None:
    """Unknown keys, wrong types, missing fields and bad names, each with what to do."""
    text = """\
scenario: my garden
bets: {}
beds:
  north: {size: two, soil: 7, slope: [1], fence: 3}
  "so uth": {}
  .west: {}
  east: [1]
plants:
  bean: {sort: yes, light: moon}
  pea: {bed: north, watering: [{liters: 1}, 5, {litres: 1.5}], xyzzy: 1}
gardeners: [anna]
"""
    name_rule = (
        "(letters, digits, dot, dash and underscore, beginning with a letter or digit, at most 63)"
    )
    assert _problems(text) == "\n".join(
        [
            f"garden.yaml:1:11: 'my garden' cannot be a name {name_rule}",
            'garden.yaml:2:1: "bets" is not known here ("beds" is meant?)',
            'garden.yaml:4:17: this should be a whole number, and is "two"',
            "garden.yaml:4:28: this should be a text, and is 7 " + TEXT_RULE,
            "garden.yaml:4:38: this should be a number, and is a list",
            "garden.yaml:4:50: this should be a mapping or nothing, and is 3",
            f'garden.yaml:5:3: "so uth" cannot be a name {name_rule}',
            f'garden.yaml:6:3: ".west" cannot be a name {name_rule}',
            "garden.yaml:7:9: this should be a mapping, and is a list",
            'garden.yaml:9:3: "bed" is missing',
            'garden.yaml:9:28: "moon" is not one of "shade" or "sun"',
            'garden.yaml:10:32: "litres" is missing',
            'garden.yaml:10:33: "liters" is not known here ("litres" is meant?)',
            "garden.yaml:10:45: this should be a mapping, and is 5",
            "garden.yaml:10:57: this should be a whole number, and is 1.5",
            'garden.yaml:10:64: "xyzzy" is not known here' + PLANT_FIELDS,
            "garden.yaml:11:12: this should be a mapping, and is a list",
        ]
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "garden.yaml: the file is empty"),
        ("- a\n", "garden.yaml:1:1: this should be a mapping, and is a list"),
        ("garden\n", 'garden.yaml:1:1: this should be a mapping, and is "garden"'),
        ("---\n", "garden.yaml:2:1: this should be a mapping, and is nothing"),
        ("beds: {}\n", 'garden.yaml:1:1: "scenario" is missing'),
        ("scenario:\n", "garden.yaml:1:10: this should be a text, and is nothing"),
        ("scenario: {}\n", "garden.yaml:1:11: this should be a text, and is a mapping"),
        (
            "scenario: 12\n",
            "garden.yaml:1:11: this should be a text, and is 12 " + TEXT_RULE,
        ),
        (
            "scenario: g\nbeds: {a: {size: 12:30}}\n",
            'garden.yaml:2:18: this should be a whole number, and is "12:30"',
        ),
        (
            "scenario: g\nbeds: {a: {size: yes}}\n",
            'garden.yaml:2:18: this should be a whole number, and is "yes"',
        ),
        (
            "scenario: g\nbeds: {a: {size: true}}\n",
            "garden.yaml:2:18: this should be a whole number, and is true",
        ),
        (
            "scenario: g\nbeds: {a: {size: 2.0}}\n",
            "garden.yaml:2:11: Expected `int`, got `float` - at `$.size`",
        ),
        (
            "scenario: g\nbeds: {a: , a: }\n",
            'garden.yaml:2:13: "a" stands here twice (first in line 2)',
        ),
        (
            "scenario: g\nbeds:\n  <<: {}\n",
            (
                'garden.yaml:3:3: "<<" cannot be a name (letters, digits, dot, dash and underscore,'
                " beginning with a letter or digit, at most 63)"
            ),
        ),
        (
            "a: b: c\n",
            "garden.yaml:1:5: this is not YAML: mapping values are not allowed in this context",
        ),
    ],
)
def test_what_people_get_wrong_has_one_clear_message(text: str, told: str) -> None:
    """Empty files, words of YAML 1.1, times, doubled keys: never a traceback."""
    assert _problems(text) == told


def test_a_field_that_may_be_nothing_is_told_from_the_inside() -> None:
    """Of several shapes, the one of the right type is explained."""
    text = """\
scenario: g
beds:
  a: {fence: {hight: 2}}
  b: {fence: {height: high, colour: 5}}
  c: {fence: null}
"""
    assert _problems(text) == (
        'garden.yaml:3:7: "height" is missing\n'
        'garden.yaml:3:15: "hight" is not known here ("height" is meant?)\n'
        'garden.yaml:4:23: this should be a whole number, and is "high"\n'
        "garden.yaml:4:37: this should be a text or nothing, and is 5 " + TEXT_RULE
    )


def test_an_unknown_section_is_told_with_those_there_are() -> None:
    """Where no name comes close, all are told."""
    assert _problems("scenario: g\nvolumes: {}\n") == (
        'garden.yaml:2:1: "volumes" is not known here'
        " (known are: beds, description, existing, gardeners, include, outputs, plants, scenario,"
        " variables)"
    )


def test_an_alias_is_checked_where_it_is_used() -> None:
    """The problem is that of the use, the place that of the definition."""
    text = "scenario: g\nbeds:\n  a: &one {size: 2}\n  b: *one\nplants:\n  p: *one\n"
    assert _problems(text) == (
        'garden.yaml:3:12: "size" is not known here' + PLANT_FIELDS + "\n"
        'garden.yaml:6:3: "bed" is missing'
    )


def test_faults_that_only_the_kind_knows_are_told_all_at_once() -> None:
    """The second pass asks each spec by itself."""
    assert _problems("scenario: g\nbeds:\n  a: {size: 0}\n  b: {size: -1}\n  c: {}\n") == (
        "garden.yaml:3:13: a bed has a size (1 or more)\n"
        "garden.yaml:4:13: a bed has a size (1 or more)"
    )


def test_a_short_form_that_says_what_the_file_also_says_is_fine() -> None:
    """Nobody is bothered by the same thing said twice."""
    text = "scenario: g\nbeds: {a: {crop: pea}}\nplants: {a: {bed: a, sort: pea}}\n"
    assert _specs(text) == {
        Address("bed", "a"): BedSpec(crop="pea"),
        Address("plant", "a"): PlantSpec(bed="a", sort="pea"),
    }


def test_a_short_form_that_contradicts_the_file_is_a_problem() -> None:
    """Neither of the two silently wins."""
    text = "scenario: g\nbeds:\n  a: {crop: pea}\nplants: {a: {bed: a, sort: bean}}\n"
    assert _problems(text) == (
        "garden.yaml:3:6: this implies plant.a, which stands for something else already"
        " (leave one of the two out, or rename)"
    )


def test_names_that_the_scenario_does_not_have_are_told_with_what_is_meant() -> None:
    """References are checked together; what is looked up in the cloud is not among them."""
    text = """\
scenario: g
beds: {north: {}}
plants:
  bean: {bed: nort}
gardeners:
  anna: {beds: [north, qqq], tools: [spade], follows: [ben]}
"""
    assert _problems(text) == (
        'garden.yaml:4:15: there is no bed "nort" in this scenario ("north" is meant?)\n'
        'garden.yaml:6:24: there is no bed "qqq" in this scenario (known are: north)\n'
        'garden.yaml:6:56: there is no gardener "ben" in this scenario (known are: anna)'
    )


def test_a_reference_to_a_kind_with_nothing_in_it_has_no_hint() -> None:
    """There is nothing that could be meant."""
    assert _problems("scenario: g\nplants: {bean: {bed: a}}\n") == (
        'garden.yaml:2:22: there is no bed "a" in this scenario'
    )


def test_a_circle_is_told_at_one_of_its_resources() -> None:
    """All on the circle are named, in the order of need."""
    text = """\
scenario: g
gardeners:
  anna: {follows: [ben]}
  ben: {follows: [carl]}
  carl: {follows: [ben]}
"""
    assert _problems(text) == (
        "garden.yaml:4:8: these need each other in a circle:"
        " gardener.ben -> gardener.carl -> gardener.ben"
    )


def test_a_later_problem_points_into_the_file() -> None:
    """Whoever finds out later, in the cloud, can still say where it stands."""
    text = "scenario: g\nbeds:\n  north: {crop: pea}\n"
    loaded = load_text(text, "garden.yaml", TOY_KINDS)
    told = [
        loaded.problem(Address("bed", "north"), ("crop",), "no such crop", "pick another"),
        loaded.problem(Address("plant", "north"), (), "this one is only implied"),
    ]
    assert [str(each) for each in told] == [
        "garden.yaml:3:17: no such crop (pick another)",
        "garden.yaml:3:10: this one is only implied",
    ]


def test_a_range_with_host_bits_is_told_with_the_one_that_is_meant() -> None:
    """The real kinds speak through the same loader."""
    text = "scenario: s\nnetworks:\n  blue: {cidr: 10.10.1.5/24}\n  red: {cidr: 10.300.0.0/24}\n"
    with pytest.raises(BadScenario) as caught:
        load_text(text, "s.yaml", KINDS)
    assert str(caught.value) == (
        's.yaml:3:16: "10.10.1.5/24" has host bits set (10.10.1.0/24 is meant?)\n'
        's.yaml:4:15: "10.300.0.0/24" is not a range of addresses (such as 10.0.0.0/24)'
    )


def test_names_with_dots_cannot_make_two_resources_one() -> None:
    """Router ``a.b`` on ``c`` and router ``a`` on ``b.c`` would share an address."""
    text = """\
scenario: s
networks: {c: {cidr: 10.1.0.0/24}, b.c: {cidr: 10.2.0.0/24}}
routers:
  a.b: {connects: [c]}
  a: {connects: [b.c]}
"""
    with pytest.raises(BadScenario) as caught:
        load_text(text, "s.yaml", KINDS)
    assert str(caught.value) == (
        "s.yaml:4:8: this implies router_interface.a.b.c, which stands for something else already"
        " (leave one of the two out, or rename)"
    )


def test_a_file_is_read_from_disk_under_its_own_name(tmp_path: Path) -> None:
    """Problems carry the path as it was given."""
    path = tmp_path / "garden.yaml"
    path.write_text("scenario: ü\n", encoding="utf-8")
    with pytest.raises(BadScenario) as caught:
        load_file(path, TOY_KINDS)
    assert str(caught.value).startswith(f"{path}:1:11: 'ü' cannot be a name")


def test_what_is_implied_wants_to_know_what_of_its_entry_is_in_it() -> None:
    """The port of a server's place has the place's address."""
    loaded = load_text(
        """\
scenario: lab
networks: {blue: {cidr: 10.1.0.0/24}}
ports: {p: {network: blue}, q: {network: blue}}
servers:
  web:
    image: cirros
    flavor: m1.tiny
    user_data: ${port.q.name}
    networks: [{network: blue, subnet: blue, address: "${port.p.description}"}, {network: blue}]
""",
        "lab.yaml",
        KINDS,
    )
    of_p = Late(Address("port", "p"), "description")
    of_q = Late(Address("port", "q"), "name")
    assert loaded.scenario.late == {
        Address("server", "web"): (of_q, of_p),
        Address("port", "web.blue"): (of_p,),
    }


def test_a_tilde_is_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For what is read into the scenario, and for what will be uploaded."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    (tmp_path / "home/key.pub").write_text("ssh-ed25519 AAAA\n")
    path = tmp_path / "lab.yaml"
    path.write_text(
        """\
scenario: lab
keypairs:
  mine:
    public_key: ${file("~/key.pub")}
images:
  near: {disk_format: raw, file: near.img}
  home: {disk_format: raw, file: ~/home.img}
"""
    )
    specs = load_file(path, KINDS).scenario.specs
    assert specs[Address("keypair", "mine")] == KeypairSpec(public_key="ssh-ed25519 AAAA\n")
    files = {a.name: spec.file for a, spec in specs.items() if isinstance(spec, ImageSpec)}
    assert files == {"near": str(tmp_path / "near.img"), "home": str(tmp_path / "home/home.img")}


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    """Missing, a directory, no text: one message each."""
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\xff")
    told = []
    for path in (tmp_path / "none.yaml", tmp_path, picture):
        with pytest.raises(UsageError) as caught:
            load_file(path, TOY_KINDS)
        told.append(str(caught.value))
    assert told == [
        f"there is no file {tmp_path / 'none.yaml'}",
        f"{tmp_path} cannot be read: Is a directory",
        f"{picture} cannot be read: it is not UTF-8 text",
    ]


@pytest.mark.parametrize(("letters", "too_long"), [(228, 0), (229, 1), (300, 72)])
def test_a_description_leaves_room_for_the_mark(letters: int, too_long: int) -> None:
    """Neutron takes 255 letters; a longer one is told before anything is made."""
    text = f"scenario: s\nnetworks:\n  blue: {{description: {'x' * letters}}}\n"
    if not too_long:
        load_text(text, "s.yaml", KINDS)
        return
    with pytest.raises(BadScenario) as caught:
        load_text(text, "s.yaml", KINDS)
    assert str(caught.value) == (
        f"s.yaml:3:23: this description is {too_long} letters too long: "
        "the mark has to fit in as well"
    )


def _toys(kind: str, **declared: Any) -> dict[str, Kind[Any]]:
    """Return the toy kinds, one of them declared otherwise."""
    declaration = TOY_KINDS[kind].declaration
    assert declaration is not None
    changed = msgspec.structs.replace(declaration, **declared)
    return {**TOY_KINDS, kind: msgspec.structs.replace(TOY_KINDS[kind], declaration=changed)}


def _too_steep(declared: Declared) -> Iterator[tuple[Address, Fault]]:
    beds = {a: s for a, s in declared.items() if isinstance(s, BedSpec)}
    if sum(bed.slope for bed in beds.values()) > 1:
        for address in beds:
            yield address, Fault(place=("slope",), message="all beds together are too steep")


def test_what_is_wrong_among_several_is_told_with_all_else() -> None:
    """Each is right by itself; the check sees them all, and comes with unknown names."""
    text = """scenario: g
beds:
  north: {slope: 0.7}
  south: {slope: 0.6}
gardeners:
  anna: {beds: [sout]}
"""
    with pytest.raises(BadScenario) as caught:
        load_text(text, "g.yaml", _toys("bed", faults_together=_too_steep))
    assert str(caught.value) == (
        "g.yaml:3:18: all beds together are too steep\n"
        "g.yaml:4:18: all beds together are too steep\n"
        'g.yaml:6:17: there is no bed "sout" in this scenario ("south" is meant?)'
    )


def test_of_what_is_wrong_already_nothing_more_is_said() -> None:
    """A check of all stumbles over a name that is not there; the name is what has to be mended."""

    def check(declared: Declared) -> Iterator[tuple[Address, Fault]]:
        place = ("beds", 0)
        yield Address("gardener", "anna"), Fault(place=place, message="this bed has no crop")

    text = "scenario: g\ngardeners:\n  anna: {beds: [north]}\n"
    with pytest.raises(BadScenario) as caught:
        load_text(text, "g.yaml", _toys("gardener", faults_together=check))
    assert str(caught.value) == 'g.yaml:3:17: there is no bed "north" in this scenario'


def test_what_is_implied_too_early_goes_again() -> None:
    """A short form may look at what another one brings, and change its mind."""

    def expand(
        address: Address, spec: GardenerSpec, declared: Declared
    ) -> Iterator[tuple[Address, Spec]]:
        for name in spec.beds:
            if Address("plant", name) not in declared:
                yield Address("plant", f"weed-{name}"), PlantSpec(bed=name, sort="nettle")

    text = "scenario: g\ngardeners: {anna: {beds: [a, b]}}\nbeds: {a: {crop: pea}, b: {}}\n"
    loaded = load_text(text, "g.yaml", _toys("gardener", expand=expand))
    assert [str(each) for each in loaded.scenario.specs] == [
        "gardener.anna",
        "bed.a",
        "bed.b",
        "plant.weed-b",
        "plant.a",
    ]


def test_an_unknown_name_inside_a_short_form_is_told_once_and_where_it_stands() -> None:
    """The implied resource has no place of its own; the text that it came from has."""

    def expand(
        address: Address, spec: GardenerSpec, _declared: Declared
    ) -> Iterator[tuple[Address, Spec]]:
        for name in spec.beds:
            yield Address("plant", f"{name}-{address.name}"), PlantSpec(bed=name)
            yield Address("plant", f"{name}-{address.name}-2"), PlantSpec(bed=name)

    def references(spec: GardenerSpec) -> Iterator[Reference]:
        yield from ()

    kinds = _toys("gardener", expand=expand, references=references)
    with pytest.raises(BadScenario) as caught:
        load_text("scenario: g\ngardeners:\n  anna:\n    beds: [north]\n", "g.yaml", kinds)
    assert str(caught.value) == 'g.yaml:4:12: there is no bed "north" in this scenario'


def test_two_entries_for_one_thing_are_told() -> None:
    """Where the cloud keeps no name, what is asked for is the address."""

    def address_of(_address: Address, spec: GardenerSpec) -> Address:
        return Address("gardener", "+".join(spec.beds))

    text = "scenario: g\nbeds: {a: }\ngardeners:\n  anna: {beds: [a]}\n  ben: {beds: [a]}\n"
    with pytest.raises(BadScenario) as caught:
        load_text(text, "g.yaml", _toys("gardener", address_of=address_of))
    assert str(caught.value) == 'g.yaml:5:3: this asks for the same as "anna" does: gardener.a'


def test_a_text_from_elsewhere_reads_no_files_of_this_machine() -> None:
    """Only whoever reads a file says where the files beside it are."""
    with pytest.raises(BadScenario) as caught:
        load_text("scenario: s\nimages: {a: {disk_format: raw, file: /etc/passwd}}\n", "s", KINDS)
    assert str(caught.value) == "s:2:38: files of this machine are not read here"
