# SPDX-License-Identifier: Apache-2.0
"""``convert``: what goes to stdout, what to stderr, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import CommandLine, Said

TEMPLATE = """\
heat_template_version: 2021-04-16
resources:
  lan: {type: OS::Neutron::Net, properties: {tags: [a]}}
  four: {type: OS::Neutron::Subnet, properties: {network: {get_resource: lan}, cidr: 10.1.0.0/24}}
"""
LOST = "stack.yaml:3:46: there is no counterpart of tags\n"
SCENARIO = """\
scenario: stack

networks:
  lan: {}

subnets:
  four: {network: lan, cidr: 10.1.0.0/24}
"""


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> None:
    """Write a template and a scenario."""
    (tmp_path / "stack.yaml").write_text(TEMPLATE, encoding="utf-8")
    (tmp_path / "s.yaml").write_text(
        "scenario: s\nvariables: {mtu: {type: integer}}\nnetworks: {lan: {mtu: '${var.mtu}'}}\n",
        encoding="utf-8",
    )


def test_a_template_becomes_a_scenario(stackloom: CommandLine) -> None:
    """On stdout; what is lost on stderr, and that is no failure."""
    assert stackloom("convert", "stack.yaml") == Said(code=0, stdout=SCENARIO, stderr=LOST)
    named = stackloom("convert", "stack.yaml", "--to", "scenario", "--name", "my lab")
    assert named.stdout == SCENARIO.replace("stack", "my-lab")


def test_it_is_written_to_a_file(stackloom: CommandLine, tmp_path: Path) -> None:
    """That is not there yet, and that the next command takes."""
    said = stackloom("convert", "stack.yaml", "-o", "out.yaml")
    assert said == Said(code=0, stdout="", stderr=f"{LOST}wrote out.yaml\n")
    assert (tmp_path / "out.yaml").read_text(encoding="utf-8") == SCENARIO
    assert stackloom("validate", "out.yaml").code == 0
    again = stackloom("convert", "stack.yaml", "-o", "out.yaml")
    assert again.code == 2
    assert "out.yaml is there already" in again.stderr
    nowhere = stackloom("convert", "stack.yaml", "-o", "no/out.yaml")
    assert "error: cannot write no/out.yaml: No such file or directory" in nowhere.stderr


def test_a_scenario_becomes_a_template(stackloom: CommandLine) -> None:
    """With the values that were given."""
    assert stackloom("convert", "s.yaml", "--to", "hot", "--var", "mtu=1400") == Said(
        code=0,
        stdout="""\
heat_template_version: 2021-04-16
description: Scenario s, written by stackloom convert

resources:
  lan:
    type: OS::Neutron::Net
    properties: {name: lan, value_specs: {mtu: 1400}}
""",
        stderr="",
    )


def test_a_scenario_becomes_a_configuration(stackloom: CommandLine, tmp_path: Path) -> None:
    """Of Terraform, with the values of a file."""
    (tmp_path / "values.yaml").write_text("mtu: 1400\n", encoding="utf-8")
    said = stackloom("convert", "s.yaml", "--to", "terraform", "--var-file", "values.yaml")
    assert said.code == 0
    assert said.stdout.endswith("""\
provider "openstack" {}

resource "openstack_networking_network_v2" "lan" {
  name = "lan"
  mtu  = 1400
}
""")


def test_what_heat_lets_pass_is_told(stackloom: CommandLine, tmp_path: Path) -> None:
    """The scenario is written all the same: whoever reads it has to mend it."""
    text = TEMPLATE.replace("10.1.0.0/24", "10.1.0.5/24")
    (tmp_path / "stack.yaml").write_text(text, encoding="utf-8")
    said = stackloom("convert", "stack.yaml")
    assert (said.code, said.stdout) == (0, SCENARIO.replace("10.1.0.0/24", "10.1.0.5/24"))
    assert said.stderr.startswith(f"{LOST}what was written:7:30: ")
    # A value that somebody has to give is no mistake of the template's.
    text = TEMPLATE.replace("resources:", "parameters: {p: {type: string}}\nresources:")
    (tmp_path / "stack.yaml").write_text(text, encoding="utf-8")
    assert stackloom("convert", "stack.yaml").stderr == LOST.replace(":3:", ":4:")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("s.yaml", "s.yaml is no Heat template: it has no heat_template_version"),
        ("s.yaml --to scenario", "s.yaml is no Heat template"),
        ("s.yaml --to hot --name x", "--name is for what becomes a scenario"),
        ("stack.yaml --to hot", "stack.yaml is a Heat template, and becomes a scenario"),
        ("stack.yaml --var a=b", "--var and --var-file give values to a scenario's variables"),
        ("nothing.yaml", "there is no file nothing.yaml"),
        ("s.yaml --to hot", 's.yaml:2:13: variable "mtu" has no value'),
    ],
)
def test_what_does_not_go_together_is_refused(
    stackloom: CommandLine, words: str, error: str
) -> None:
    """With what to do."""
    said = stackloom("convert", *words.split())
    assert (said.code, said.stdout) == (2, "")
    assert error in said.stderr
