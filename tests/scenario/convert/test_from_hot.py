# SPDX-License-Identifier: Apache-2.0
"""Heat's templates as scenarios: what is carried over, and what is named as lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from stackloom.errors import BadScenario, UsageError
from stackloom.operations import KINDS
from stackloom.scenario.convert.from_hot import Converted, from_hot, scenario_name
from stackloom.scenario.convert.scenario_text import as_yaml
from stackloom.scenario.language.reading import Inputs
from stackloom.scenario.language.variables import Given
from stackloom.scenario.loader import Loaded, load_text, read_text_file

HERE = Path(__file__).parent
TEMPLATES = sorted((HERE / "heat").glob("*.yaml"))
_ORDER = "depends_on is left out: stackloom works the order out by itself"
_NAMES = "(a name is letters, digits, dot, dash and underscore; count adds numbers to it)"
_NOTHING = "which has no counterpart"

LOST = {
    "beyond": [
        '5:51: the constraint "modulo" is not checked',
        "7:57: there is no counterpart of dhcp_agent_ids",
        "7:78: there is no counterpart of tags",
        "7:90: there is no counterpart of deletion_policy",
        '9:20: "balancer": there is no counterpart of OS::Octavia::LoadBalancer',
        (
            '10:18: "member": there is no counterpart of nested.yaml'
            " (nested templates are converted one by one)"
        ),
        '12:11: "scaling": there is no counterpart of OS::Heat::AutoScalingGroup',
        (
            '14:8: "key" is left out: a key pair that the cloud makes has no counterpart'
            " (give a public_key)"
        ),
        f'18:13: it is called "server", and not by what is worked out {_NAMES}',
        "21:7: there is no counterpart of admin_pass",
        "23:42: there is no counterpart of tag",
        "24:30: a server's networks are named here, each by itself",
        "25:18: Heat wraps user data for its own tools; here the server gets it as it is (RAW)",
        "27:17: there is no counterpart of digest (write the result in its place)",
        f'28:15: "balancer" is of type OS::Octavia::LoadBalancer, {_NOTHING}',
        "32:60: networks that are worked out as a whole cannot be carried over",
        '34:5: "leg" is left out: the template does not make the router that it belongs to',
        (
            f'37:8: output "vip" is left out: "balancer" is of type OS::Octavia::LoadBalancer, '
            f"{_NOTHING}"
        ),
        '39:12: output "console" is left out: a server does not tell "console_urls, novnc" here',
    ],
    "conditions": [f"18:5: {_ORDER}"],
    "disks-and-trunks": [
        f"21:5: {_ORDER}",
        "38:11: there is no counterpart of this block device",
    ],
    "group-of-servers": [
        '4:3: parameter "Image Name" becomes the variable "image_name"',
        f'45:33: it is called "first_disk", and not "first disk" {_NAMES}',
    ],
    "names": [
        f'8:61: it is called "sg", and not by what is worked out {_NAMES}',
        '29:9: "att0" is left out: it belongs to one of several that are made alike: server sers-0',
    ],
    "network": [f"60:5: {_ORDER}"],
    "one-server": [],
    "rare": [
        "3:1: there is no counterpart of parameter_groups",
        '16:12: "nothing" is left out: a subnet needs a range, or a pool to cut it from',
        "17:129: an address needs the subnet that it is on (add subnet: …)",
        "17:159: security_groups that are worked out as a whole cannot be carried over",
        "19:152: an address needs the subnet that it is on (add subnet: …)",
        "20:56: it is there whenever router router is",
        '22:153: there is no resource "nowhere"',
        "25:97: this is a server, where a port is wanted",
        '27:16: "mime": there is no counterpart of OS::Heat::MultipartMime',
        "30:5: there is no counterpart of metadata",
        "35:25: what Heat's agents would do in the server is left out",
        '36:18: "mime" is of type OS::Heat::MultipartMime, which has no counterpart',
        "37:39: there is no counterpart of different_host",
        "41:11: one of the networks is worked out as a whole",
        '46:5: "unsized" is left out: a boot volume needs its size (add volume_size)',
        '52:9: "lend" is left out: nothing here is of type bgpvpn',
        "53:8: a ResourceGroup whose resource_def is worked out has no counterpart",
        '54:12: resource "without" has no type',
        (
            '56:12: output "several" is left out: what a server tells of its networks has'
            " another form here (${server.NAME.address} is the first IPv4 address, addresses"
            " are all)"
        ),
        '59:9: output "none" is left out: there is no resource "nowhere"',
    ],
    "security": [f'17:13: it is called "database", and not "data base" {_NAMES}'],
    "texts": ['22:3: a random text becomes the secret variable "token", to be given'],
}


def converted(text: str) -> Converted:
    """Convert a template called ``t``."""
    return from_hot(text, "t", KINDS, name="s")


def loaded(conversion: Converted) -> Loaded:
    """Load what was written, with a value for every variable that needs one."""
    variables: dict[str, Any] = conversion.document.get("variables", {})
    values = {name: "given" for name, entry in variables.items() if "default" not in entry}
    inputs = Inputs(
        given=(Given(source="test", values=values),),
        read_file=lambda path: read_text_file(HERE / "heat" / path),
    )
    return load_text(as_yaml(conversion.document), "written", KINDS, inputs)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_template_becomes_a_scenario_that_loads(path: Path) -> None:
    """Word for word the one beside it; what is lost is named once, with its place."""
    conversion = from_hot(path.read_text(encoding="utf-8"), "t", KINDS, name=path.stem)
    loaded(conversion)
    written = HERE / "scenarios" / path.name
    assert as_yaml(conversion.document) == written.read_text(encoding="utf-8")
    assert [str(each) for each in conversion.lost] == [f"t:{each}" for each in LOST[path.stem]]


@pytest.mark.slow
@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_wrong_value_anywhere_is_no_mistake_of_ours(path: Path) -> None:
    """It is named, or the template refused; every seventh place is tried with what is not its."""
    template = yaml.safe_load(path.read_text(encoding="utf-8"))
    wrong: list[Any] = [None, [], {}, "x", 5, {"get_param": "nope"}, {"if": ["a"]}]
    for number, place in enumerate(_places(template)):
        if place and number % 7 == len(place) % 7:
            changed = _with(template, place, wrong[number % len(wrong)])
            with suppress(UsageError):
                as_yaml(converted(yaml.safe_dump(changed)).document)


def _places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield place
    inside = value.items() if isinstance(value, dict) else ()
    for step, each in enumerate(value) if isinstance(value, list) else inside:
        yield from _places(each, (*place, step))


def _with(value: Any, place: tuple[Any, ...], new: Any) -> Any:
    if not place:
        return new
    copied = dict(value) if isinstance(value, dict) else list(value)
    copied[place[0]] = _with(value[place[0]], place[1:], new)
    return copied


def test_there_are_templates_enough() -> None:
    """From simple to nasty, and each with its scenario."""
    assert len(TEMPLATES) >= 8
    assert {path.name for path in (HERE / "scenarios").glob("*")} == {p.name for p in TEMPLATES}


def test_texts_come_out_as_heat_would_make_them() -> None:
    """Replaced, joined, split, looked up, with quotes and dollars as they were."""
    path = HERE / "heat" / "texts.yaml"
    specs = loaded(from_hot(path.read_text(encoding="utf-8"), "t", KINDS, name="s")).scenario.specs
    servers: dict[str, Any] = {a.name: s for a, s in specs.items() if a.kind == "server"}
    assert dict(servers["scripted"].metadata) == {
        "quotes": "say \"'alpha'\"",
        "joined": "alpha:beta",
        "second": "b",
        "value": ".example.org",
        "path": "/srv/${network.lan.id}",
        "token": "given",
        "dollars": "$${PLAIN} and $$",
        "ports": 'ports: ["80", "443"]',
        "stack": "s",
    }
    assert servers["scripted"].user_data == (
        '#!/bin/sh\necho "$${HOME} ${network.lan.id}.example.org" > /etc/motd\n'
    )
    assert yaml.safe_load(servers["configured"].user_data) == {
        "hostname": "host.example.org",
        "packages": ["vim", "curl"],
    }


def test_every_form_of_a_value_keeps_its_meaning() -> None:
    """Worked out by the scenario's own language, as Heat's documentation has it."""
    values = {
        "chosen": ({"if": [{"equals": [{"get_param": "n"}, 3]}, "yes", "no"]}, "yes"),
        "nothing": ({"if": [{"not": {"contains": ["a", {"get_param": "l"}]}}, "yes"]}, None),
        "nested": ({"if": ["big", {"if": ["big", "both", "one"]}, "none"]}, "none"),
        "concat": ({"list_concat": [["x"], ["y", {"get_param": "t"}]]}, ["x", "y", "it's"]),
        "worked": ({"list_concat": [{"get_param": "l"}, {"get_param": "l"}]}, ["a", "b"] * 2),
        "item": ({"Fn::Select": [1, {"get_param": "l"}]}, "b"),
        "picked": ({"Fn::Select": ["k", {"k": 5}]}, 5),
        "of_two": ({"Fn::Select": ["1", ["p", "q"]]}, "q"),
        "split": ({"str_split": ["-", {"get_param": "d"}]}, ["x", "y"]),
        "half": ({"str_split": ["-", {"get_param": "d"}, 1]}, "y"),
        "cfn": ({"Fn::Join": ["/", ["a", {"Ref": "t"}]]}, "a/it's"),
        "base": ({"Fn::Base64": "plain"}, "plain"),
        "old": ({"Fn::Replace": [{"X": {"get_param": "n"}}, "n=X"]}, "n=3"),
        "many": ({"repeat": {"template": "p%x%", "for_each": {"%x%": {"get_param": "l"}}}},
                 ["pa", "pb"]),
        "pairs": ({"repeat": {"template": "%x%%y%", "for_each": {"%x%": [1, 2], "%y%": ["c"]}}},
                  ["1c", "2c"]),
        "map": ({"str_replace": {"template": "M", "params": {"M": {"a": {"get_param": "n"}}}}},
                {"a": 3}),
        "in_text": ({"str_replace": {"template": "m=M", "params": {"M": {"a": True}}}},
                    'm={"a": true}'),
        "quotes": ({"if": ["big", "x", "both ' and \""]}, "both ' and \""),
        "key": ({"get_param": ["m", "deep", 0]}, "first"),
        "dynamic": ({"get_param": ["m", {"get_param": "k"}]}, ["first"]),
    }  # fmt: skip
    parameters = {
        "n": {"type": "number", "default": 3},
        "l": {"type": "comma_delimited_list", "default": "a,b"},
        "t": {"default": "it's"},
        "d": {"type": "string", "default": "x-y"},
        "m": {"type": "json", "default": '{"deep": ["first"]}'},
        "k": {"type": "string", "default": "deep"},
    }
    template = {
        "heat_template_version": "2021-04-16",
        "parameters": parameters,
        "conditions": {"big": {"equals": [{"get_param": "n"}, 9]}},
        "resources": {"net": {"type": "OS::Neutron::Net"}},
        "outputs": {name: {"value": value} for name, (value, _) in values.items()},
    }
    conversion = converted(yaml.safe_dump(template))
    assert conversion.lost == ()
    outputs = loaded(conversion).scenario.outputs
    assert {name: output.value for name, output in outputs.items()} == {
        name: wanted for name, (_, wanted) in values.items()
    }


@pytest.mark.parametrize(
    ("parameter", "variable"),
    [
        ({"type": "number", "default": "1.5"}, {"type": "number", "default": 1.5}),
        ({"type": "number"}, {"type": "number"}),
        ({"type": "boolean", "default": "off"}, {"type": "boolean", "default": False}),
        ({"type": "json", "default": "no json"}, {"type": "map", "default": {}}),
        ({"type": "string", "default": 7}, {"type": "string", "default": "7"}),
        ({"type": "string", "default": None}, {"type": "string", "default": ""}),
        ({"hidden": "true", "label": "words"},
         {"type": "string", "description": "words", "secret": True}),
        ({"type": "comma_delimited_list", "default": ["a"]}, {"type": "list", "default": ["a"]}),
    ],
)  # fmt: skip
def test_a_parameter_becomes_a_variable(
    parameter: dict[str, Any], variable: dict[str, Any]
) -> None:
    """With its type, its default of that type, its words."""
    template = {
        "heat_template_version": "2018-08-31",
        "parameters": {"p": parameter},
        "resources": {"net": {"type": "OS::Neutron::Net"}},
    }
    assert converted(yaml.safe_dump(template)).document["variables"] == {"p": variable}


def test_names_that_two_want_are_told_apart() -> None:
    """Of parameters and of resources."""
    text = """\
heat_template_version: 2018-08-31
parameters: {A: {type: string, default: x}, a: {type: string, default: y}}
resources:
  one: {type: OS::Neutron::Net, properties: {name: blue, dns_domain: {get_param: a}}}
  two: {type: OS::Neutron::Net, properties: {name: blue, dns_domain: {get_param: A}}}
  "the/third": {type: OS::Neutron::Net}
"""
    conversion = converted(text)
    assert conversion.document["networks"] == {
        "blue": {"dns_domain": "${var.a}"},
        "blue-2": {"dns_domain": "${var.a_2}"},
        "the-third": {},
    }
    assert [str(each) for each in conversion.lost] == [
        't:2:14: parameter "A" becomes the variable "a_2"',
        't:5:8: "blue" is there already: this one is called "blue-2"',
        't:6:3: "the/third" cannot be a name: it is called "the-third"',
    ]


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("a: b", UsageError, "t is no HOT template: it has no heat_template_version"),
        ("AWSTemplateFormatVersion: 1", UsageError, "t is no HOT template"),
        ("heat_template_version: 1", BadScenario, "t:1:1: this template has no resources"),
        ("heat_template_version: 1\nresources: []", BadScenario, "this template has no resources"),
        ("heat_template_version: 1\nresources: [a]", BadScenario, "t:2:12: this should be a map"),
        ("{", BadScenario, "this is not YAML"),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, error: type[Exception], words: str) -> None:
    """With what was wanted."""
    with pytest.raises(error, match=words.replace("(", "[(]")):
        converted(text)


def test_a_name_of_a_file_becomes_one_of_a_scenario() -> None:
    """Whatever the file is called."""
    assert [scenario_name(each) for each in ("my stack", "--", "a" * 99)] == [
        "my-stack", "converted", "a" * 63,
    ]  # fmt: skip


def test_the_guide_shows_what_comes_out() -> None:
    """The template on its page becomes the scenario on its page."""
    page = (HERE.parents[2] / "docs" / "guide" / "convert.md").read_text(encoding="utf-8")
    template, written = (each.partition("```")[0] for each in page.split("```yaml\n")[1:])
    conversion = from_hot(template, "stack.yaml", KINDS, name="stack")
    assert conversion.lost == ()
    assert as_yaml(conversion.document) == written
