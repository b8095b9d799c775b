# SPDX-License-Identifier: Apache-2.0
"""Beginnings of words: what they mean where they stand, and what a Tab offers for them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from tests.cli.conftest import CommandLine, Said
from tests.fakes.cloud import config
from tests.fakes.fake_cloud import FakeCloud

from stackloom.cli.name_cache import NameCache


@pytest.fixture
def woven(stackloom: CommandLine, cloud: FakeCloud) -> FakeCloud:
    """Return a cloud with two networks."""
    for name in ("blue", "black board"):
        assert stackloom("network", "create", name).code == 0
    cloud.requests.clear()
    return cloud


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("netw li", "network list"),
        ("sub pool li", "subnet pool list"),
        ("network l", "network list"),
        ("role ass list", "role assignment list"),
        ("ser gro li", "server group list"),
        ("plan", "plan"),
        ("pl", "plan"),
    ],
)
def test_the_beginnings_of_words_are_enough(stackloom: CommandLine, words: str, meant: str) -> None:
    """Where only one command begins so."""
    told = stackloom(*words.split(), "--help").stdout
    assert told == stackloom(*meant.split(), "--help").stdout
    assert told.startswith(f"usage: stackloom {meant} ")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            "project s",
            (
                'error: "project s" may mean several commands\n'
                "hint: write one out: project set, project show\n"
            ),
        ),
        (
            "dom s",
            (
                'error: "dom s" may mean several commands\n'
                "hint: write one out: domain set, domain show\n"
            ),
        ),
        ("network xyz", 'error: there is no command "network xyz"\n'),
        ("netw xyz", 'error: there is no command "netw"\n'),
    ],
)
def test_what_may_mean_several_is_told(stackloom: CommandLine, words: str, told: str) -> None:
    """With those that it may mean; nothing is guessed."""
    said = stackloom(*words.split())
    assert (said.code, said.stdout) == (2, "")
    assert said.stderr.startswith(told)


def test_a_noun_may_be_begun_alone(stackloom: CommandLine) -> None:
    """Its commands are told."""
    assert stackloom("subn", "--help").stdout == stackloom("subnet", "--help").stdout


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("netw",), ["network"]),
        (("network", "li"), ["list"]),
        (("role", "a"), ["add", "assignment"]),
        (("role", "assignment", ""), ["list"]),
        (("floating", ""), ["ip"]),
        (("user", "password", ""), ["set"]),
        (("network", "list", "--lo"), ["--long"]),
        (("network", "list", "--limit", "-"), []),
        (("network", "list", "--format", ""), ["csv", "json", "table", "value", "yaml"]),
        (("network", "list", "-f", "j"), ["json"]),
        (("network", "list", "--os-project-n"), ["--os-project-name"]),
        (("network", "list", "--os-project-name", ""), []),
        (("--os-nonsense", "x", "net"), []),
        (("network", "list", ""), []),
        (("network", "create", ""), []),
        (("no-such", ""), []),
        (("network", "show", "b"), ["black board", "blue"]),
        (("network", "delete", "blue", "bla"), ["black board"]),
        (("network", "show", "blue", ""), []),
        (("network", "show", "-f", "json", "blu"), ["blue"]),
        (("netw", "show", "blu"), ["blue"]),
        (("subnet", "create", "s", "--network", "blu"), ["blue"]),
        (("--os-cloud", "l"), ["lab", "lan"]),
        (("token", "issue", ""), []),
    ],
    ids=" ".join,
)
def test_a_tab_offers_what_may_stand_there(
    stackloom: CommandLine,
    woven: FakeCloud,
    tmp_path: Path,
    words: tuple[str, ...],
    offered: list[str],
) -> None:
    """Words, options and their values, and what the cloud has; nothing on stderr, ever."""
    clouds = "clouds: {lab: {auth: {}}, lan: {auth: {}}, other: {auth: {}}}"
    (tmp_path / "clouds.yaml").write_text(clouds, encoding="utf-8")
    said = stackloom("complete", "--", *words)
    assert said == Said(code=0, stdout="".join(f"{each}\n" for each in offered), stderr="")


def test_names_cost_one_request(stackloom: CommandLine, woven: FakeCloud) -> None:
    """And words cost none."""
    stackloom("complete", "--", "network", "sh")
    assert woven.requests == []
    stackloom("complete", "--", "network", "show", "")
    assert woven.requests == ["GET /v2.0/networks"]


def test_the_next_tab_asks_nobody(stackloom: CommandLine, woven: FakeCloud, tmp_path: Path) -> None:
    """Names are kept for some seconds, for this user in this project alone."""
    for words, offered in ((("b",), "black board\nblue\n"), (("bl",), "black board\nblue\n")):
        assert stackloom("complete", "--", "network", "show", *words).stdout == offered
    assert woven.requests == ["GET /v2.0/networks"]
    (file,) = (tmp_path / "home/.cache/stackloom/names").iterdir()
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    stackloom("complete", "--", "--os-project-name", "other", "network", "show", "b")
    assert woven.requests.count("GET /v2.0/networks") == 2


def test_names_are_kept_for_some_seconds(tmp_path: Path) -> None:
    """Then the cloud is asked again; a broken file is none."""
    seconds = [1000.0]
    environment = {"XDG_CACHE_HOME": str(tmp_path)}
    cache = NameCache(environment, config(), "network.network", now=lambda: seconds[0])
    assert cache.read() is None
    cache.write(["blue"])
    assert cache.read() == ["blue"]
    assert NameCache(environment, config(), "network.subnet", now=lambda: 1000.0).read() is None
    seconds[0] += 15
    assert cache.read() is None
    (file,) = (tmp_path / "stackloom/names").iterdir()
    file.write_text("{", encoding="utf-8")
    seconds[0] -= 15
    assert cache.read() is None


def test_names_are_not_kept_where_tokens_are_not(tmp_path: Path) -> None:
    """``cache: {auth: false}`` keeps both off the disk."""
    nowhere = msgspec.structs.replace(config(), cache_tokens=False)
    cache = NameCache({"XDG_CACHE_HOME": str(tmp_path)}, nowhere, "network.network")
    cache.write(["blue"])
    assert (cache.read(), [*tmp_path.iterdir()]) == (None, [])


def test_without_a_cloud_there_is_nothing_to_offer(stackloom: CommandLine) -> None:
    """And no error in the middle of somebody's line."""
    assert stackloom("complete", "--", "network", "show", "") == Said(code=0, stdout="", stderr="")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_script(stackloom: CommandLine, shell: str) -> None:
    """It asks the hidden command, and is well-formed where the shell is there to say so."""
    script = stackloom("complete", "--shell", shell).stdout
    assert "stackloom complete -- " in script
    if found := shutil.which(shell):
        subprocess.run([found, "-n"], input=script, text=True, check=True)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_completes_a_name(stackloom: CommandLine, woven: FakeCloud, tmp_path: Path) -> None:
    """As at a Tab: the words so far in COMP_WORDS, what is offered in COMPREPLY, quoted."""
    script = tmp_path / "complete.bash"
    script.write_text(stackloom("complete", "--shell", "bash").stdout, encoding="utf-8")
    folder = Path(sys.executable).parent
    asked = (
        f'PATH="{folder}:$PATH"; source {script}; '
        "COMP_WORDS=(stackloom network show b); COMP_CWORD=3; _stackloom; "
        "printf '%s\\n' \"${COMPREPLY[@]}\""
    )
    ran = subprocess.run(["bash", "-c", asked], capture_output=True, text=True, check=True)
    assert ran.stdout == "black\\ board\nblue\n"
