# SPDX-License-Identifier: Apache-2.0
"""The commands around scenarios: check, begin, save, compare, tell, adopt, write off."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import jsonschema_rs
import pytest
import yaml
from tests.cli.conftest import CommandLine, Said
from tests.fakes.fake_cloud import FakeCloud

TEXT = """\
scenario: s
variables:
  mtu: 1400
  words: {type: string, default: plain, secret: true}
networks:
  blue: {cidr: 10.1.0.0/24, mtu: "${var.mtu}", description: "${var.words}"}
outputs:
  id: ${network.blue.id}
  words: {value: "${var.words}", secret: true}
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Return a scenario with variables and outputs."""
    (tmp_path / "s.yaml").write_text(TEXT, encoding="utf-8")
    return "s.yaml"


def test_a_well_formed_file_is_counted(stackloom: CommandLine, file: str) -> None:
    """Without any cloud."""
    assert stackloom("validate", file) == Said(
        code=0, stdout='scenario "s" is well-formed: 1 network, 1 subnet\n', stderr=""
    )
    assert stackloom("validate", file, "-f", "json").stdout == "[]\n"


def test_problems_are_told_to_people_and_programs(stackloom: CommandLine, tmp_path: Path) -> None:
    """All at once, with their places."""
    (tmp_path / "bad.yaml").write_text("scenario: s\nnetworks: {a: {mtu: x}}\n", encoding="utf-8")
    said = stackloom("validate", "bad.yaml", "--var", "mtu=1")
    assert (said.code, said.stdout) == (2, "")
    assert said.stderr == (
        'error: bad.yaml: --var gives "mtu", which this scenario does not declare'
        " (declared are: none)\n"
    )
    said = stackloom("validate", "bad.yaml", "-f", "json")
    assert said.code == 2
    assert json.loads(said.stdout) == [
        {
            "file": "bad.yaml",
            "line": 2,
            "column": 21,
            "message": 'this should be a whole number, and is "x"',
            "hint": "",
        }
    ]


def test_a_starter_is_well_formed_and_never_written_over(
    stackloom: CommandLine, tmp_path: Path
) -> None:
    """Its name is the file's."""
    assert stackloom("init", "my lab.yaml") == Said(
        code=0, stdout="", stderr="wrote my lab.yaml; now: stackloom plan my lab.yaml\n"
    )
    assert stackloom("validate", "my lab.yaml").stdout.startswith('scenario "my-lab" is well-')
    assert stackloom("init", "my lab.yaml").stderr == (
        "error: my lab.yaml is there already\nhint: give another name\n"
    )


def test_the_schema_accepts_the_starter(stackloom: CommandLine, tmp_path: Path) -> None:
    """What editors check is what people are told to begin with."""

    stackloom("init", "lab.yaml")
    schema = json.loads(stackloom("schema").stdout)
    document = yaml.safe_load((tmp_path / "lab.yaml").read_text(encoding="utf-8"))
    assert jsonschema_rs.is_valid(schema, document)
    document["servers"]["web"]["falvor"] = "m1.tiny"
    assert not jsonschema_rs.is_valid(schema, document)


def test_a_saved_plan_is_carried_out_exactly_or_not_at_all(
    stackloom: CommandLine, cloud: FakeCloud, file: str, tmp_path: Path
) -> None:
    """It is private, holds no secret, and is refused once the cloud is another."""
    said = stackloom("plan", file, "-o", "p.json", "--var", "mtu=1300", "--var", "words=hunter2")
    assert said.stderr == "saved; stackloom apply p.json carries out exactly this\n"
    saved = tmp_path / "p.json"
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert "hunter2" not in saved.read_text(encoding="utf-8")

    assert stackloom("apply", "p.json", "--var", "words=hunter2", "--yes").code == 0
    assert cloud.things("network")[0]["mtu"] == 1300
    again = stackloom("apply", "p.json", "--var", "words=hunter2", "--yes")
    assert again == Said(
        code=2,
        stdout="",
        stderr="error: the cloud has moved since this plan was saved: network.blue, subnet.blue\n"
        "hint: plan again, look at it, and apply that\n",
    )


def test_what_is_secret_is_shown_nowhere(
    stackloom: CommandLine, cloud: FakeCloud, file: str
) -> None:
    """Neither in plans nor in progress nor in outputs, unless it is asked for by name."""
    words = ("--var", "words=hunter2")
    told = [
        stackloom("apply", file, *words, "--yes", "--json"),
        stackloom("plan", file, "--var", "words=hunter3", "-f", "json"),
        stackloom("plan", file, "--var", "words=hunter3"),
        stackloom("drift", file, "--var", "words=hunter3"),
        stackloom("output", file, *words),
        stackloom("output", file, *words, "-f", "json"),
    ]
    assert [said.code for said in told] == [0] * 6
    assert [said for said in told if "hunter" in said.stdout + said.stderr] == []
    assert stackloom("output", file, "words", *words).stdout == "hunter2\n"


def test_an_apply_tells_programs_one_event_a_line(
    stackloom: CommandLine, cloud: FakeCloud, file: str
) -> None:
    """The plan, each step's beginning and end, and the outputs."""
    said = stackloom("apply", file, "--yes", "--json")
    events = [json.loads(line) for line in said.stdout.splitlines()]
    assert [(event["event"], event.get("address", "")) for event in events] == [
        ("planned", ""),
        ("step_started", "network.blue"),
        ("step_ended", "network.blue"),
        ("step_started", "subnet.blue"),
        ("step_ended", "subnet.blue"),
        ("outputs", ""),
    ]
    (network,) = cloud.things("network")
    assert events[2] | {"seconds": 0} == {
        "event": "step_ended",
        "address": "network.blue",
        "action": "create",
        "result": "done",
        "seconds": 0,
        "id": network["id"],
    }
    assert events[-1]["outputs"] == {"id": network["id"], "words": "***"}


def test_drift_is_told_field_by_field(stackloom: CommandLine, cloud: FakeCloud, file: str) -> None:
    """Whoever changes something by hand is found out; apply repairs it."""
    stackloom("apply", file, "--yes")
    assert stackloom("drift", file, "--detailed-exitcode") == Said(
        code=0, stdout='scenario "s": no drift\n', stderr=""
    )
    cloud.things("network")[0]["mtu"] = 9000
    assert stackloom("drift", file, "--detailed-exitcode") == Said(
        code=2,
        stdout='scenario "s": 1 resource is not as it should be\n'
        "  ~ network.blue  has been changed\n"
        "      mtu: is 9000, should be 1400\n",
        stderr="",
    )
    stackloom("apply", file, "--yes")
    assert stackloom("drift", file).stdout == 'scenario "s": no drift\n'


def test_scenarios_are_found_by_their_marks(
    stackloom: CommandLine, cloud: FakeCloud, file: str
) -> None:
    """All of a project, and what each has."""
    assert stackloom("list", "-f", "value").stdout == ""
    stackloom("apply", file, "--yes")
    assert stackloom("list", "-f", "value").stdout == "s 2\n"
    shown = stackloom("show", "s", "-f", "value", "-c", "Address", "-c", "Name").stdout
    assert shown == "network.blue blue\nsubnet.blue blue\n"
    assert stackloom("show", "t").stderr == (
        'error: nothing in this project carries the marks of scenario "t"\n'
        "hint: scenarios found here: s\n"
    )


def test_an_output_is_told_alone_and_unknown_ones_are_named(
    stackloom: CommandLine, cloud: FakeCloud, file: str
) -> None:
    """Bare, so that a script can use it; null before it is there."""
    assert stackloom("output", file, "id").stdout == "null\n"
    stackloom("apply", file, "--yes")
    assert stackloom("output", file, "id").stdout == f"{cloud.things('network')[0]['id']}\n"
    assert stackloom("output", file, "di").stderr == (
        'error: scenario "s" has no output "di"\nhint: it has: id, words\n'
    )


def test_what_is_there_already_can_be_given_to_a_scenario(
    stackloom: CommandLine, cloud: FakeCloud, file: str
) -> None:
    """It gets the mark, and what an apply would change is told; nobody else's is taken."""
    cloud.tables["network"]["net-9"] = {
        "id": "net-9",
        "name": "wild",
        "description": "by hand",
        "mtu": 1400,
        "admin_state_up": True,
        "project_id": "project-1",
    }
    said = stackloom("import", file, "network.blue", "wild")
    assert said.code == 0
    assert said.stderr == (
        'network.blue is net-9 now, and belongs to "s"\n'
        "an apply would now:\n"
        "  ~ network.blue  update\n"
        '      name: "wild" -> "blue"\n'
        '      description: "***" -> "***"\n'
        "  + subnet.blue  create\n"
    )
    assert stackloom("import", file, "network.blue", "wild").code == 0
    assert stackloom("import", file, "network.green", "wild").stderr == (
        'error: scenario "s" has no network.green\nhint: it has: network.blue\n'
    )
    assert stackloom("import", file, "blue", "wild").stderr == (
        "error: blue is no address\nhint: such as network.lan\n"
    )


def test_a_project_is_written_off_as_a_scenario(
    stackloom: CommandLine, cloud: FakeCloud, file: str, tmp_path: Path
) -> None:
    """The file that comes out is well-formed, and is never written over another."""
    stackloom("apply", file, "--yes")
    assert stackloom("capture", "again", "-o", "again.yaml").stderr == "wrote again.yaml\n"
    said = stackloom("validate", "again.yaml")
    assert said.stdout == 'scenario "again" is well-formed: 1 network, 1 subnet\n'
    assert stackloom("capture", "again", "-o", "again.yaml").stderr == (
        "error: again.yaml is there already\nhint: give another name\n"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--var", "mtu"), "error: --var mtu should be NAME=VALUE\n"),
        (("--var-file", "gone.yaml"), "error: there is no file gone.yaml\n"),
        (
            ("--var-file", "list.yaml"),
            "error: list.yaml should be a mapping of variables to values\n",
        ),
    ],
)
def test_values_that_are_none_are_told(
    stackloom: CommandLine, file: str, tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    """Before the scenario is read."""
    (tmp_path / "list.yaml").write_text("- 1\n", encoding="utf-8")
    assert stackloom("validate", file, *words) == Said(code=2, stdout="", stderr=message)


def test_values_come_from_files_and_variables_too(
    stackloom: CommandLine, file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment first, then files, then options: the last counts."""
    monkeypatch.setenv("STACKLOOM_VAR_MTU", "none")
    (tmp_path / "vars.yaml").write_text("mtu: 1450\n", encoding="utf-8")
    assert stackloom("validate", file).stderr == (
        'error: s.yaml:3:3: the environment: variable "mtu" should be a whole number,'
        ' and is "none"\n'
    )
    assert stackloom("validate", file, "--var-file", "vars.yaml").code == 0
