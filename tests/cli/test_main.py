# SPDX-License-Identifier: Apache-2.0
"""The edge: words, help, errors and exit codes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import CommandLine, Said
from tests.fakes.fake_cloud import FakeCloud, Fault, Trouble

from stackloom import __version__, plug
from stackloom.cli import commands
from stackloom.cli.command import Group

GROUPS = plug.read(commands, "GROUP", Group)
EVERY_COMMAND = [
    f"{name.replace('_', '-')} {command.name}".rstrip()
    for name, group in GROUPS.items()
    for command in group.commands
]


def _first_line(text: str) -> str:
    return text.partition("\n")[0]


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["help"]])
def test_without_a_command_there_is_an_overview(stackloom: CommandLine, words: list[str]) -> None:
    """Every group has its line, with its commands, and it all stands in columns."""
    said = stackloom(*words)
    lines = said.stdout.splitlines()
    assert (said.code, said.stderr, lines[0]) == (0, "", "usage: stackloom COMMAND [options]")
    shown = [line for line in lines if line.startswith("  ")]
    for line, name in zip(shown, GROUPS, strict=True):
        assert line.split()[: name.count("_") + 1] == name.split("_")
    assert (
        len({line.index(group.help) for line, group in zip(shown, GROUPS.values(), strict=True)})
        == 1
    )


def test_options_without_a_command_are_not_a_success(stackloom: CommandLine) -> None:
    """The overview, and exit code 2."""
    said = stackloom("--debug")
    assert (said.code, _first_line(said.stdout)) == (2, "usage: stackloom COMMAND [options]")


def test_the_version_is_told(stackloom: CommandLine) -> None:
    """On stdout, for scripts."""
    assert stackloom("--version") == Said(code=0, stdout=f"stackloom {__version__}\n", stderr="")


@pytest.mark.parametrize(("words", "code"), [("", 2), ("--help", 0), ("help", 0)])
def test_a_group_alone_lists_its_commands(stackloom: CommandLine, words: str, code: int) -> None:
    """It is what was asked for only where help was asked for."""
    assert stackloom("network", *words.split()) == Said(
        code=code,
        stdout="usage: stackloom network COMMAND [options]\n\n"
        "  network list           List networks\n"
        "  network show           Show one network\n"
        "  network create         Create a network\n"
        "  network set            Change a network\n"
        "  network unset          Take away what a network has\n"
        "  network delete         Delete networks\n",
        stderr="",
    )


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_every_command_has_help(stackloom: CommandLine, command: str) -> None:
    """Its words, what it does, and the options that all have."""
    said = stackloom(*command.split(), "--help")
    assert (said.code, said.stderr) == (0, "")
    assert said.stdout.startswith(f"usage: stackloom {command} ")
    assert "--os-cloud NAME" in said.stdout
    assert "--debug" in said.stdout


def test_every_group_and_command_says_what_it_does() -> None:
    """In one line that begins with a capital and ends without a full stop."""
    for group in GROUPS.values():
        for text in (group.help, *(command.help for command in group.commands)):
            assert text[0].isupper()
            assert "\n" not in text
            assert not text.endswith(".")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("netwrok list", 'error: there is no command "netwrok"\nhint: did you mean: network?\n'),
        (
            "netwrok agnet list",
            'error: there is no command "netwrok"\nhint: did you mean: network, network agent?\n',
        ),
        ("network lsit", 'error: there is no command "network lsit"\nhint: did you mean: list?\n'),
        (
            "network xyz",
            (
                'error: there is no command "network xyz"\n'
                "hint: there are: list, show, create, set, unset, delete\n"
            ),
        ),
        (
            "network list --xyzzy",
            (
                "error: unrecognized arguments: --xyzzy\n"
                "hint: stackloom network list --help tells how it is used\n"
            ),
        ),
        (
            "plan",
            (
                "error: the following arguments are required: file\n"
                "hint: stackloom plan --help tells how it is used\n"
            ),
        ),
        (
            "network list --os-clod x",
            (
                "error: there is no option --os-clod\n"
                "hint: did you mean: --os-cloud, --os-unscoped, --os-passcode?\n"
            ),
        ),
        ("network list --os-cloud", "error: --os-cloud needs a value\n"),
        ("plan none.yaml", "error: there is no file none.yaml\n"),
        ("apply none.yaml", "error: there is no file none.yaml\n"),
        ("destroy none.yaml", "error: there is no file none.yaml\n"),
        ("draw none.yaml", "error: there is no file none.yaml\n"),
        ("plan .", "error: . cannot be read: Is a directory\n"),
        (
            "network list",
            (
                "error: no cloud is named, and the local cloud is not up\n"
                "hint: start it with: stackloom local up; or set OS_CLOUD\n"
            ),
        ),
    ],
)
def test_what_was_asked_wrongly_is_told_in_two_lines(
    stackloom: CommandLine, words: str, told: str
) -> None:
    """An error, a hint, exit code 2, and nothing on stdout."""
    assert stackloom(*words.split()) == Said(code=2, stdout="", stderr=told)


def test_an_unknown_command_without_a_likeness_gets_them_all(stackloom: CommandLine) -> None:
    """Nothing is guessed."""
    names = ", ".join(name.replace("_", " ") for name in GROUPS)
    assert stackloom("xyzzy") == Said(
        code=2, stdout="", stderr=f'error: there is no command "xyzzy"\nhint: there are: {names}\n'
    )


def test_a_file_with_a_mistake_in_line_7_is_told_with_its_place(
    stackloom: CommandLine, tmp_path: Path
) -> None:
    """Without asking any cloud."""
    text = "# one\n# two\nscenario: s\nnetworks:\n  blue:\n    # six\n    cidrr: 10.0.0.0/24\n"
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    told = 'error: s.yaml:7:5: "cidrr" is not known here ("cidr" is meant?)\n'
    for command in ("plan", "apply", "destroy", "draw"):
        assert stackloom(command, "s.yaml") == Said(code=2, stdout="", stderr=told)


@pytest.mark.parametrize(
    "words",
    [
        "--os-region-name RegionOne network list -f value -c ID",
        "network --os-region-name RegionOne list -f value -c ID",
        "network list -f value -c ID --os-region-name RegionOne",
        "network list -f value --os-region-name=RegionOne -c ID --quiet",
    ],
)
def test_options_for_the_cloud_stand_anywhere(
    stackloom: CommandLine, cloud: FakeCloud, words: str
) -> None:
    """As in the openstack client."""
    cloud.tables["network"]["n-1"] = {"id": "n-1", "name": "blue"}
    assert stackloom(*words.split()) == Said(code=0, stdout="n-1\n", stderr="")


def test_an_option_wins_over_its_variable(stackloom: CommandLine, cloud: FakeCloud) -> None:
    """And the message says what there is instead."""
    said = stackloom("network", "list", "--os-region-name", "Moon")
    assert said == Said(
        code=3,
        stdout="",
        stderr="error: service network has no public endpoint in region Moon\n"
        "hint: the catalog has: RegionOne/public\n",
    )


def test_a_wrong_password_is_told_with_the_user(stackloom: CommandLine, cloud: FakeCloud) -> None:
    """Never the password."""
    cloud.faults = [Fault(trouble=Trouble.UNAUTHORIZED, on="POST /v3", times=9)]
    assert stackloom("token", "issue") == Said(
        code=3,
        stdout="",
        stderr='error: Keystone did not accept user "demo" for project demo (OS_* variables)'
        " (HTTP 401)\nhint: check user, password, domain and project\n",
    )


def test_a_cloud_that_is_down_is_told_at_once(
    stackloom: CommandLine, cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its address."""
    monkeypatch.setenv("OS_AUTH_URL", "http://127.0.0.1:1/v3")
    said = stackloom("network", "list")
    assert (said.code, said.stdout) == (3, "")
    assert said.stderr.startswith(
        "error: Keystone at http://127.0.0.1:1/v3/auth/tokens cannot be reached: "
    )
    assert said.stderr.endswith(
        "\nhint: is the cloud up, and the address right?"
        " For the local one: stackloom local status\n"
    )


def test_debug_shows_requests_without_secrets(
    stackloom: CommandLine, cloud: FakeCloud, caplog: pytest.LogCaptureFixture
) -> None:
    """As curl lines, in the log."""
    said = stackloom("network", "list", "--debug")
    told = [record.getMessage() for record in caplog.records]
    assert said.code == 0
    assert any(line.startswith("REQ: curl -g -i -X GET ") and "{SHA256}" in line for line in told)
    assert not any("secret" in line for line in told)


def test_a_mistake_of_ours_is_told_without_a_traceback(
    stackloom: CommandLine, cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address that no layer has foreseen stands for any of them."""
    cloud.tables["network"]["n-1"] = {"id": "n-1", "name": "blue"}
    monkeypatch.setattr(sys, "stdout", _Broken())
    said = stackloom("network", "list")
    assert said.code == 1
    assert "Traceback" not in said.stderr
    assert said.stderr.startswith("error: a mistake in stackloom itself: RuntimeError in ")
    assert said.stderr.endswith("\nhint: please report it, with what --debug prints\n")


class _Broken:
    """An output that fails in a way that nobody thought of."""

    encoding = "utf-8"

    def write(self, _text: str) -> int:
        raise RuntimeError("no paper")

    def flush(self) -> None:
        """Do nothing."""


@pytest.mark.slow
def test_a_letter_that_the_terminal_does_not_have_is_a_question_mark(
    cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names in a cloud may hold any; the list is shown all the same."""
    cloud.tables["network"]["n-1"] = {"id": "n-1", "name": "grün"}
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    ended = _python(
        "from stackloom.cli.main import main; main('network list -f value -c Name'.split())"
    )
    assert (ended.stdout, ended.stderr) == ("gr?n\n", "")


# --- in a process of its own ----------------------------------------------------------------------


def _python(code: str, *, stdout: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], stdout=stdout, stderr=subprocess.PIPE, text=True, check=False
    )


@pytest.mark.slow
def test_a_reader_that_has_gone_is_no_error() -> None:
    """``stackloom --help | head -0`` says nothing on stderr."""
    shell = f"{sys.executable} -m stackloom.cli.main --help | true"
    ended = subprocess.run(["sh", "-c", shell], stderr=subprocess.PIPE, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.slow
def test_the_module_can_be_run() -> None:
    """``python -m stackloom.cli.main`` is the command."""
    words = [sys.executable, "-m", "stackloom.cli.main", "--version"]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, f"stackloom {__version__}\n")


@pytest.mark.parametrize("words", ["server", "network list", "floating ip create"])
def test_help_comes_before_or_after(stackloom: CommandLine, words: str) -> None:
    """``help network list`` is ``network list --help``."""
    assert stackloom("help", *words.split()) == stackloom(*words.split(), "--help")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("network list --externl", "did you mean: --external, --internal?"),
        ("network list --prov=x", "did you mean: --provider-network-type, "),
        ("network list --qqqq", "stackloom network list --help tells how it is used"),
        ("network list word", "stackloom network list --help tells how it is used"),
    ],
)
def test_an_option_that_is_not_there_is_told_with_those_like_it(
    stackloom: CommandLine, words: str, hint: str
) -> None:
    """Or with where all of them are told."""
    said = stackloom(*words.split())
    assert (said.code, said.stdout) == (2, "")
    error, _, told = said.stderr.partition("\nhint: ")
    assert error == f"error: unrecognized arguments: {words.rsplit(maxsplit=1)[-1]}"
    assert told.startswith(hint)


def test_what_openstack_calls_otherwise_is_known(stackloom: CommandLine, cloud: FakeCloud) -> None:
    """Its words for what has other words here."""
    assert stackloom("configuration", "show") == stackloom("config", "show")
