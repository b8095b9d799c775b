# SPDX-License-Identifier: Apache-2.0
"""docs/guide/service.md, from its first command to its last, on a real cloud.

The ``sh`` blocks are run in their order by one shell. A ``text`` block is everything that the block
before it prints; ``…`` in it stands for whatever differs. In the place of the first block the run's
own cloud is used, and another port in the place of the usual one.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from tests.cloud.command_line import COMMAND

from stackloom.cli.finding import find
from stackloom.cli.options import add_common_options
from stackloom.service.rest.routes import all_routes
from stackloom.testing.project import OpenStackProject

_FILE = Path(__file__).parents[2] / "docs" / "guide" / "service.md"
_PAGE = _FILE.read_text(encoding="utf-8")
_BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", _PAGE, re.DOTALL | re.MULTILINE)
_PORT = "9850"
_SECONDS = 400


def _commands() -> list[str]:
    return [text for language, text in _BLOCKS if language == "sh"]


def _expected() -> dict[int, str]:
    """Return by the number of a block of commands what it prints, where that is shown."""
    shown: dict[int, str] = {}
    number = -1
    for language, text in _BLOCKS:
        if language == "sh":
            number += 1
        elif language == "text":
            shown[number] = text
    return shown


def _pattern(shown: str) -> str:
    """Return a pattern for one line: a document ends without a line break, the page needs them."""
    return "".join(".*?" if each == "…" else re.escape(each) for each in shown)


def _one_line(text: str) -> str:
    return text.replace("\n", "")


def _free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return str(listener.getsockname()[1])


@pytest.mark.cloud
@pytest.mark.slow
def test_the_page_does_what_it_says(openstack_project: OpenStackProject, tmp_path: Path) -> None:
    """Every command succeeds, prints what is shown, and nothing stays in the cloud."""
    port, mark = _free_port(), "--- the next block ---"
    lines = ["set -eu"]
    for text in _commands()[1:]:
        lines += [f"echo {shlex.quote(mark)}", text.replace(_PORT, port)]
    own = {key: value for key, value in os.environ.items() if not key.startswith("OS_")}
    variables = {
        **own,
        **openstack_project.variables(),
        "PATH": f"{Path(COMMAND).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(tmp_path),
        "STACKLOOM_SERVER_LISTEN": f"127.0.0.1:{port}",
        "STACKLOOM_METRICS_LISTEN": "127.0.0.1:0",
        "STACKLOOM_METRICS_WORKER_LISTEN": "127.0.0.1:0",
    }
    shell = subprocess.Popen(
        ["bash", "-c", "\n".join(lines)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=variables,
        cwd=tmp_path,
        start_new_session=True,
    )
    try:
        printed, _ = shell.communicate(timeout=_SECONDS)
    finally:
        # What the page leaves running it ends itself, if it comes to its end.
        with suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGKILL)
    assert shell.returncode == 0, printed
    blocks = ["", *printed.replace(port, _PORT).split(f"{mark}\n")[1:]]
    assert len(blocks) == len(_commands())
    for number, shown in _expected().items():
        assert re.fullmatch(_pattern(_one_line(shown)), _one_line(blocks[number])), (
            f"shown:\n{shown}\nprinted:\n{blocks[number]}"
        )
    for number in set(range(len(blocks))) - _expected().keys():
        assert blocks[number] == "", _commands()[number]
    assert openstack_project.leftovers() == []


def test_the_commands_of_the_page_are_understood() -> None:
    """Those of stackloom, with their options, the first block's too."""
    found = re.findall(r"\bstackloom ((?:[a-z-]+ ?)[^>)&\n]*)", "\n".join(_commands()))
    lines = [shlex.split(each) for each in found]
    assert len(lines) == 5
    for words in lines:
        command = find(words)
        assert command.command is not None, words
        parser = argparse.ArgumentParser()
        command.command.arguments(parser)
        add_common_options(parser)
        parser.parse_args(words[command.words :])


def test_every_path_of_the_page_is_a_route() -> None:
    """And is asked for as it may be."""
    known = {re.sub(r"\{\w+\}", "*", each.path) for each in all_routes()}
    told = set(re.findall(r"/v1/[a-z./]+[a-z]", _PAGE))
    assert len(told) > 8
    assert {each for each in told if each not in known} == set()


def test_links_lead_somewhere() -> None:
    """To a chapter of the page, or to a file."""
    chapters = [
        re.sub(r"[^a-z0-9 -]", "", each.lower()).replace(" ", "-")
        for each in re.findall(r"^## (.*)$", _PAGE, re.MULTILINE)
    ]
    links = re.findall(r"\]\(([^)]+)\)", _PAGE)
    assert [each.removeprefix("#") for each in links if each.startswith("#")] == chapters
    files = [_FILE.parent / each for each in links if not each.startswith("#")]
    assert [each for each in files if not each.exists()] == []
