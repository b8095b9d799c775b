# SPDX-License-Identifier: Apache-2.0
"""Plan, apply and destroy in front of a person."""

from __future__ import annotations

import io
import os
import re
import signal
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import CommandLine, Said
from tests.fakes.fake_cloud import FakeCloud, Fault, Trouble

from stackloom.scenario.records import hold_records, records_directory

BLUE = "scenario: s\nnetworks:\n  blue: {cidr: 10.1.0.0/24}\n"


class Keyboard(io.StringIO):
    """A terminal at which somebody has typed an answer."""

    def isatty(self) -> bool:
        """Be a terminal."""
        return True


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Return a scenario of one network with a subnet."""
    (tmp_path / "s.yaml").write_text(BLUE, encoding="utf-8")
    return "s.yaml"


def _steady(said: Said) -> Said:
    """Replace seconds, which differ each time."""
    return Said(
        code=said.code, stdout=said.stdout, stderr=re.sub(r"\d+\.\d s", "0.0 s", said.stderr)
    )


def test_a_plan_is_told_on_stdout_and_changes_nothing(
    stackloom: CommandLine, cloud: FakeCloud, file: str
) -> None:
    """Only lists and the token are asked for."""
    assert stackloom("plan", file) == Said(
        code=0,
        stdout='  + network.blue  create\n  + subnet.blue  create\nscenario "s": 2 to create\n',
        stderr="",
    )
    assert [line for line in cloud.requests if not line.startswith("GET")] == [
        "POST /v3/auth/tokens"
    ]


def test_a_plan_tells_programs_whether_there_are_changes(
    stackloom: CommandLine, cloud: FakeCloud, file: str
) -> None:
    """Exit code 2 for changes, 0 for none, where that is asked for."""
    assert stackloom("plan", file, "--detailed-exitcode").code == 2
    assert stackloom("apply", file, "--yes").code == 0
    assert stackloom("plan", file, "--detailed-exitcode") == Said(
        code=0, stdout='scenario "s": nothing to do: all 2 as they should be\n', stderr=""
    )


def test_a_plan_as_json_is_a_document(stackloom: CommandLine, cloud: FakeCloud, file: str) -> None:
    """Its keys are in a fixed order."""
    said = stackloom("plan", file, "-f", "json")
    assert said.code == 0
    assert said.stdout.startswith('{\n  "scenario": "s",\n  "counts": {\n    "create": 2,\n')


def test_an_apply_tells_each_step_and_the_sum(
    stackloom: CommandLine, cloud: FakeCloud, file: str
) -> None:
    """All of it on stderr: nothing was asked for on stdout."""
    assert _steady(stackloom("apply", file, "--yes")) == Said(
        code=0,
        stdout="",
        stderr="  + network.blue  create\n"
        "  + subnet.blue  create\n"
        'scenario "s": 2 to create\n'
        "  + network.blue  created  0.0 s\n"
        "  + subnet.blue  created  0.0 s\n"
        "2 created in 0.0 s with 2 requests\n",
    )
    assert stackloom("apply", file) == Said(
        code=0, stdout="", stderr='scenario "s": nothing to do: all 2 as they should be\n'
    )


def test_quiet_says_nothing_when_all_is_well(
    stackloom: CommandLine, cloud: FakeCloud, file: str
) -> None:
    """Only errors would be told."""
    assert stackloom("apply", file, "--yes", "--quiet") == Said(code=0, stdout="", stderr="")


def test_a_destroy_leaves_what_is_not_ours(
    stackloom: CommandLine, cloud: FakeCloud, file: str
) -> None:
    """By file or by name; a second one has nothing to do."""
    cloud.tables["network"]["theirs"] = {"id": "theirs", "name": "blue", "description": ""}
    stackloom("apply", file, "--yes")
    assert _steady(stackloom("destroy", "--scenario", "s", "--yes")) == Said(
        code=0,
        stdout="",
        stderr="  - network.blue  delete\n"
        "  - subnet.blue  delete\n"
        'scenario "s": 2 to delete\n'
        "  - network.blue  deleted  0.0 s\n"
        "  - subnet.blue  deleted  0.0 s\n"
        "2 deleted in 0.0 s with 1 requests\n",
    )
    assert cloud.told() == ["network blue"]
    assert stackloom("destroy", file, "--yes") == Said(
        code=0,
        stdout="",
        stderr='scenario "s": nothing to do\n',
    )


def test_without_a_terminal_there_is_nobody_to_ask(
    stackloom: CommandLine, cloud: FakeCloud, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is made, and the option is named."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    said = stackloom("apply", file)
    assert (said.code, cloud.told()) == (2, [])
    assert said.stderr.endswith(
        "error: there is no terminal to ask on\nhint: give --yes to go on without asking\n"
    )


@pytest.mark.parametrize(("answer", "made"), [("y\n", 2), ("YES\n", 2), ("n\n", 0), ("", 0)])
def test_a_person_is_asked(
    stackloom: CommandLine,
    cloud: FakeCloud,
    file: str,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    made: int,
) -> None:
    """Everything but a yes is a no, and a no is exit code 1."""
    monkeypatch.setattr(sys, "stdin", Keyboard(answer))
    said = stackloom("apply", file)
    assert (said.code, len(cloud.told())) == (0 if made else 1, made)
    assert "Apply this? [y/N] " in said.stderr
    assert said.stderr.endswith("nothing was changed\n") is not bool(made)


def test_steps_that_fail_are_told_once_with_what_was_skipped(
    stackloom: CommandLine, cloud: FakeCloud, file: str
) -> None:
    """The service's words, what did not begin, and exit code 5."""
    cloud.refused_names.add("blue")
    assert _steady(stackloom("apply", file, "--yes")) == Said(
        code=5,
        stdout="",
        stderr="  + network.blue  create\n"
        "  + subnet.blue  create\n"
        'scenario "s": 2 to create\n'
        "  ✗ network.blue  Neutron answered POST /v2.0/networks with:"
        " blue is not wanted here (HTTP 409)\n"
        "    subnet.blue  not begun, because network.blue failed\n"
        "nothing changed in 0.0 s with 1 requests\n"
        'error: scenario "s": 1 of 2 steps failed, and 1 behind them did not begin\n'
        "hint: what was made stays and is known;"
        " after mending the cause, run the command again\n",
    )


def test_doubt_is_told_and_ends_well(stackloom: CommandLine, cloud: FakeCloud, file: str) -> None:
    """A connection that breaks after the network was made."""
    cloud.faults = [Fault(trouble=Trouble.LOST_AFTER, on="POST /v2.0/networks")]
    said = stackloom("apply", file, "--yes")
    assert said.code == 0
    assert "  ? network.blue  Neutron may have done POST " in said.stderr
    assert "; looking at the cloud\n" in said.stderr
    assert cloud.told() == ["network blue", "subnet blue 10.1.0.0/24 on blue"]


def test_names_that_the_cloud_does_not_have_are_told_with_their_place(
    stackloom: CommandLine, cloud: FakeCloud, tmp_path: Path
) -> None:
    """All of them, before anything is made."""
    text = """\
scenario: s
servers:
  alice: {image: cirros, flavor: m9.huge}
  bob: {image: debian, flavor: m1.tiny}
"""
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    assert stackloom("apply", "s.yaml", "--yes") == Said(
        code=2,
        stdout="",
        stderr='error: s.yaml:3:34: flavor "m9.huge" is not there, or not visible to this project'
        " (stackloom flavor list shows what is)\n"
        's.yaml:4:16: image "debian" is not there, or not visible to this project'
        " (stackloom image list shows what is)\n",
    )
    assert cloud.told() == []


class Torn(io.StringIO):
    """An output that fails when the first step is told."""

    def write(self, text: str) -> int:
        """Fail in the midst of a run."""
        if "created" in text:
            raise RuntimeError("torn")
        return super().write(text)


def test_a_mistake_of_ours_in_the_midst_of_a_run_is_told_by_its_own_name(
    stackloom: CommandLine, cloud: FakeCloud, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not as a group of errors; what was made is found by the next run."""
    torn = Torn()
    monkeypatch.setattr(sys, "stderr", torn)
    assert stackloom("apply", file, "--yes").code == 1
    told = torn.getvalue().splitlines()[-2:]
    assert told[0].startswith("error: a mistake in stackloom itself: RuntimeError in ")
    assert told[1] == "hint: please report it, with what --debug prints"
    assert stackloom("apply", file, "--yes", "--quiet").code == 0
    assert len(cloud.told()) == 2


def test_a_destroy_of_an_unknown_name_tells_those_there_are(
    stackloom: CommandLine, cloud: FakeCloud, file: str
) -> None:
    """Perhaps it is called otherwise."""
    stackloom("apply", file, "--yes")
    assert stackloom("destroy", "--scenario", "t", "--yes") == Said(
        code=0,
        stdout="",
        stderr='scenario "t": nothing to do\nscenarios found in this project: s\n',
    )


def test_two_commands_on_one_scenario_keep_out_of_each_other_s_way(
    stackloom: CommandLine, cloud: FakeCloud, file: str
) -> None:
    """The second is told at once."""
    said: list[Said] = []
    auth_url = f"{cloud.base}/v3"
    key = f"{auth_url} project-1"
    with hold_records(records_directory(os.environ), cloud_key=key, scenario="s"):
        said.append(stackloom("apply", file, "--yes"))
    assert said == [
        Said(
            code=1,
            stdout="",
            stderr='error: another command is at work on scenario "s"\n'
            "hint: wait until it has ended, then run this one again\n",
        )
    ]


def test_ctrl_c_lets_what_is_under_way_end_and_begins_nothing_more(
    stackloom: CommandLine, cloud: FakeCloud, file: str
) -> None:
    """The network is made, the subnet is not; exit code 130, and how to go on."""

    def press(number: int, handled: bool) -> None:
        if cloud.requests[number - 1] == "POST /v2.0/networks" and not handled:
            os.kill(os.getpid(), signal.SIGINT)

    cloud.on_request = press
    said = stackloom("apply", file, "--yes")
    assert (said.code, cloud.told()) == (130, ["network blue"])
    assert "stopping: waiting for what is under way (Ctrl-C again leaves at once)\n" in said.stderr
    assert "    subnet.blue  not begun\n" in said.stderr
    assert said.stderr.endswith(
        'error: scenario "s": stopped before the end; nothing is half-made\n'
        "hint: run the same command again to go on\n"
    )
    assert stackloom("apply", file, "--yes").code == 0
    assert cloud.told() == ["network blue", "subnet blue 10.1.0.0/24 on blue"]


def test_a_second_ctrl_c_leaves_at_once(
    stackloom: CommandLine, cloud: FakeCloud, file: str
) -> None:
    """In the midst of a request; the next run finds what that has made."""

    def press(number: int, handled: bool) -> None:
        if cloud.requests[number - 1] == "POST /v2.0/networks":
            os.kill(os.getpid(), signal.SIGINT)

    cloud.on_request = press
    said = stackloom("apply", file, "--yes")
    cloud.on_request = lambda _number, _handled: None
    assert said.code == 130
    assert "Traceback" not in said.stderr
    assert stackloom("apply", file, "--yes").code == 0
    assert cloud.told() == ["network blue", "subnet blue 10.1.0.0/24 on blue"]
