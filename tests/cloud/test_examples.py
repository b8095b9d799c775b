# SPDX-License-Identifier: Apache-2.0
"""Every example is planned, applied, drawn and taken away again on real services."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from tests.cloud.command_line import COMMAND, EXAMPLES

from stackloom.testing.project import OpenStackProject

pytestmark = [pytest.mark.cloud, pytest.mark.slow]
_FILES = sorted(EXAMPLES.glob("*.yaml"))


def test_there_are_enough() -> None:
    """From simple to demanding."""
    assert len(_FILES) >= 8


@pytest.mark.parametrize("example", _FILES, ids=lambda path: path.stem)
def test_an_example_holds_what_it_promises(
    example: Path, openstack_project: OpenStackProject, tmp_path: Path
) -> None:
    """As a plain member; a second plan is empty, the picture names every server, nothing stays."""
    homes = {f"XDG_{name}_HOME": str(tmp_path / name) for name in ("STATE", "CACHE")}
    variables = {**os.environ, **openstack_project.variables(), **homes}

    def done(*words: str) -> str:
        ended = subprocess.run(
            [COMMAND, *words], env=variables, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, f"{words}: {ended.stdout}{ended.stderr}"
        return ended.stdout

    file = str(example)
    planned = json.loads(done("plan", file, "-f", "json"))
    assert planned["counts"]["create"] == len(planned["steps"])
    done("apply", file, "--yes")
    again = json.loads(done("plan", file, "-f", "json"))
    assert again["counts"] == planned["counts"] | {"create": 0, "keep": len(planned["steps"])}

    name = planned["scenario"]
    picture = done("draw", "--scenario", name)
    servers = [s["address"] for s in planned["steps"] if s["address"].startswith("server.")]
    assert servers
    assert [each for each in servers if each.partition(".")[2] not in picture] == []
    unchanged = done("draw", file, "--plan")
    assert unchanged.endswith("\nnothing changes\n")
    assert not re.search(r"[+~±-] [▣◈◌]|\[[+~±-] ", unchanged)
    svg = tmp_path / "picture.svg"
    done("draw", "--scenario", name, "-o", str(svg))
    assert svg.read_text(encoding="utf-8").startswith("<svg")
    done("output", file)

    done("destroy", "--scenario", name, "--yes")
    assert openstack_project.leftovers() == []
