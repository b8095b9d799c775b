# SPDX-License-Identifier: Apache-2.0
"""``${...}``: what it is worth, and what is said where it is worth nothing."""

from __future__ import annotations

from typing import Any

import pytest

from stackloom.scenario.language.expressions import BadExpression, Scope, interpolated

SCOPE = Scope(
    values={
        "var": {"team": "red", "size": 3, "names": ["a", "b"], "map": {"x-y": {"port": 80}}},
        "count": {"index": 2},
    },
    kinds=("server", "network"),
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("${var.size}", 3),
        ("lab-${var.team}-${count.index + 1}", "lab-red-3"),
        ("${var.names}", ["a", "b"]),
        ("all: ${var.names}", 'all: ["a", "b"]'),
        ("${var.names[1]}", "b"),
        ("${var.names.0}", "a"),
        ('${var.map["x-y"].port}', 80),
        ("${var.map.x-y.port}", 80),
        ("$${HOME} of ${var.team}", "$${HOME} of red"),
        ('${"big" if var.size > 2 else "small"}', "big"),
        ("${var.size == 3 and not false}", True),
        ("${1 < var.size <= 3}", True),
        ('${"red" in [var.team, "blue"]}', True),
        ("${-var.size // 2}", -2),
        ('${cidrsubnet("10.0.0.0/16", 8, count.index)}', "10.0.2.0/24"),
        ('${cidrsubnet("2001:db8::/56", 8, 255)}', "2001:db8:0:ff::/64"),
        ('${cidrhost("10.0.2.0/24", 5)}', "10.0.2.5"),
        ('${cidrhost("10.0.2.0/24", -2)}', "10.0.2.254"),
        ('${upper(join("-", var.names))}', "A-B"),
        ('${lookup(var.map, "none", "other")}', "other"),
        ("${range(length(var.names))}", [0, 1]),
        ('${ {"a": var.size} }', {"a": 3}),
        ('${["lan-" + n for n in var.names if n != "a"]}', ["lan-b"]),
        ("${server.web-0.address}", "${server.web-0.address}"),
        ("http://${server.a.b.address}/", "http://${server.a.b.address}/"),
    ],
)
def test_an_expression_has_a_value(text: str, value: Any) -> None:
    """One that is the whole text keeps its type; what only the cloud knows is left."""
    assert interpolated(text, SCOPE) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${var.teem}", 'there is no "teem" here'),
        ("${vra.team}", '"vra" is not known here'),
        ("${HOME}", '"HOME" is not known here'),
        ("${var.team", "a ${ without its }"),
        ("${var.team +}", "${var.team +} cannot be read"),
        ("${server.web}", "${server.web} names no attribute"),
        (
            '${upper(server["web"].name)}',
            (
                "what only the cloud knows of a server is known when it is applied, too late to "
                "work with"
            ),
        ),
        ("${var.team * 1000}", "var.team * 1000: this works on numbers"),
        ("${var.team + 1}", "var.team + 1: these values do not go together"),
        ("${var.names[7]}", "var.names[7]: list index out of range"),
        ("${1 // 0}", "1 // 0: integer division or modulo by zero"),
        ("${9 ** 9 ** 9}", "9 ** 9 ** 9: there is no such operator here"),
        ("${[a for a, b in var.names]}", "[a for a, b in var.names]: one name after for"),
        ("${{a for a in var.names}}", "{a for a in var.names} cannot stand in an expression"),
        ("${var.team.upper()}", 'there is no function "var.team.upper"'),
        ('${__import__("os")}', 'there is no function "__import__"'),
        ("${var.__class__}", 'there is no "__class__" here'),
        ("${upper(s=1)}", "upper() takes its values by place, without names"),
        (
            '${cidrsubnet("10.0.0.0/24", 4, 16)}',
            (
                "cidrsubnet('10.0.0.0/24', 4, 16): 10.0.0.0/24 has 16 such subnets, and 16 is "
                "none of them"
            ),
        ),
        ("${range(10000000)}", "range(10000000): a range of at most 100,000 numbers"),
        ("${" + "(" * 60 + "1" + ")" * 60 + "}", None),
        ("${" + "not " * 60 + "1}", "this expression is nested too deeply"),
    ],
)
def test_what_has_no_value_is_told(text: str, message: str | None) -> None:
    """In the words of the person, without Python's; nothing else can be reached."""
    if message is None:
        assert interpolated(text, SCOPE) == 1
        return
    with pytest.raises(BadExpression) as caught:
        interpolated(text, SCOPE)
    assert str(caught.value) == message
