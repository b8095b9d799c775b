# SPDX-License-Identifier: Apache-2.0
"""Everything that is wrong with a file is told at once, whichever pass finds it."""

from __future__ import annotations

import pytest

from stackloom.errors import BadScenario
from stackloom.operations import KINDS
from stackloom.scenario.loader import load_text

MISTAKES = """\
scenario: s
networks:
  a: {cidr: 10.0.0.0/24, mtuu: 1400}
  b: {cidr: 10.0.0.1/24}
  c: {mtu: lots, subnets: {c4: {cidr: 10.4.0.0/24}}}
subnet: {x: {network: a}}
ports:
  one: {network: nowhere}
  two: {network: a, fixed_ips: [{subnet: a}]}
  three: {network: c, fixed_ips: [{subnet: c4}]}
  four: {network: a, fixed_ips: [{subnet: x}]}
  five: {network: a, description: "${server.t.id}"}
servers:
  s: {image: i, flavor: f, networks: [a, elsewhere]}
  t: {image: i, networks: [a]}
  u: {image: i, flavor: "${var.none}", networks: [{network: a}]}
  v: {count: 3, image: i, flavor: f, metadata: {n: "${count.index}"}}
floating_ips:
  f: {network: public, port: u.a}
  g: {network: public, server: v-1}
outputs:
  o: ${server.nobody.id}
"""


def _told(text: str) -> list[str]:
    with pytest.raises(BadScenario) as caught:
        load_text(text, "f", KINDS)
    return [str(each) for each in caught.value.problems]


def test_every_entry_is_looked_at_whatever_is_wrong_with_others() -> None:
    """And what an entry that is left out would have brought is not missed elsewhere."""
    text_rule = "(quotes make it a text, and so does ${text(...)})"
    assert _told(MISTAKES) == [
        'f:3:26: "mtuu" is not known here ("mtu" is meant?)',
        'f:4:13: "10.0.0.1/24" has host bits set (10.0.0.0/24 is meant?)',
        'f:5:12: this should be a whole number, and is "lots"',
        'f:6:1: "subnet" is not known here ("subnets" is meant?)',
        'f:8:18: there is no network "nowhere" in this scenario',
        'f:14:42: there is no network "elsewhere" in this scenario',
        'f:15:3: "flavor" is missing',
        'f:16:25: there is no "none" here',
        f"f:17:52: this should be a text, and is 0 {text_rule}",
        f"f:17:52: this should be a text, and is 1 {text_rule}",
        f"f:17:52: this should be a text, and is 2 {text_rule}",
        'f:22:6: ${server.nobody.id}: there is no server "nobody" in this scenario (known are: s)',
    ]


def test_a_wrong_variable_does_not_hide_another() -> None:
    """Neither a declaration that is none, nor a value that does not fit."""
    text = "scenario: s\nvariables:\n  n: {type: integer, default: many}\n  m: {type: wrong}\n"
    assert _told(text) == [
        'f:3:3: variable "n" should be a whole number, and is "many"',
        "f:4:6: this is no variable: Invalid enum value 'wrong' - at `$.type`",
    ]


def test_thousands_of_repetitions_are_told_in_a_few_lines() -> None:
    """Though each is wrong in words of its own."""
    text = """\
scenario: s
networks: {n: {count: 20000, mtu: "x${count.index}"}}
"""
    told = "f:2:35: this should be a whole number, and is"
    assert _told(text) == [
        f'{told} "x0"',
        f'{told} "x1"',
        f'{told} "x2"',
        "f:2:35: and so on, 19,997 times more",
    ]


def test_what_was_meant_is_not_looked_up_for_thousands() -> None:
    """Each would be compared with each, and 3,000 servers took 12 seconds."""
    text = """\
scenario: s
networks: {n: {count: 200}}
servers: {s: {count: 200, image: i, flavor: f, networks: ["m-${count.index}"]}}
"""
    assert _told(text)[0] == (
        'f:3:59: there is no network "m-0" in this scenario ("n-0" is meant?)'
    )
    asked: list[str] = []

    def meant(name: str, _known: list[str]) -> str:
        asked.append(name)
        return ""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("stackloom.scenario.sense.meant", meant)
        _told(text)
    assert len(asked) == 50
