# SPDX-License-Identifier: Apache-2.0
"""The scenarios of docs/guide/scenarios.md on real services."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from tests.cloud.command_line import COMMAND

from stackloom.testing.project import OpenStackProject

pytestmark = [pytest.mark.cloud, pytest.mark.slow]
_PAGE = Path(__file__).parents[2] / "docs" / "guide" / "scenarios.md"
_BLOCKS = re.findall(r"```yaml\n(.*?)```", _PAGE.read_text(encoding="utf-8"), re.DOTALL)
_FILES = {name: text for text in _BLOCKS for name in re.findall(r"\A# (\S+\.yaml)\n", text)}
_SCENARIOS = {name: text for text in _BLOCKS for name in re.findall(r"\Ascenario: (\S+)\n", text)}
# It is about what is there already, on somebody's own cloud.
_OF_OTHERS = {"guest"}


@pytest.mark.parametrize("name", sorted(_SCENARIOS.keys() - _OF_OTHERS))
def test_a_scenario_of_the_page_is_woven(
    name: str, openstack_project: OpenStackProject, tmp_path: Path
) -> None:
    """As a plain member; a second plan is empty, there is no drift, and nothing stays."""
    for path, text in {**_FILES, f"{name}.yaml": _SCENARIOS[name]}.items():
        file = tmp_path / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    homes = {f"XDG_{home}_HOME": str(tmp_path / home) for home in ("STATE", "CACHE")}
    variables = {**os.environ, **openstack_project.variables(), **homes}

    def done(*words: str) -> str:
        ended = subprocess.run(
            [COMMAND, *words],
            env=variables,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, f"{words}: {ended.stdout}{ended.stderr}"
        return ended.stdout

    read = [f"{name}.yaml"]
    if name == "shop":  # one of its variables has no default
        read += ["--var-file", "production.yaml"]
    planned = json.loads(done("plan", *read, "-f", "json"))
    told = done("apply", *read, "--yes")
    again = json.loads(done("plan", *read, "-f", "json", "--detailed-exitcode"))
    assert again["counts"] == planned["counts"] | {"create": 0, "keep": len(planned["steps"])}
    assert done("drift", *read, "--detailed-exitcode") == f'scenario "{name}": no drift\n'
    assert done("output", *read) == told
    done("destroy", "--scenario", name, "--yes")
    assert openstack_project.leftovers() == []
