# SPDX-License-Identifier: Apache-2.0
"""What ``convert`` writes on a real Heat, and the templates of its tests as well."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from openstack.connection import Connection
from tests.cloud.command_line import COMMAND, EXAMPLES
from tests.cloud.connecting import AS_IT_COMES, connect

from stackloom.local import lifecycle
from stackloom.local.access import Access
from stackloom.operations import KINDS
from stackloom.scenario.convert.to_hot import to_hot
from stackloom.scenario.loader import load_file

pytestmark = [pytest.mark.cloud, pytest.mark.slow, AS_IT_COMES]

_HERE = Path(__file__).parents[1] / "scenario" / "convert"
# These two have what Heat refuses as well: a nested template that is nowhere, no type.
_REFUSED = ("beyond", "rare")
_TEMPLATES = [p for p in sorted((_HERE / "heat").glob("*.yaml")) if p.stem not in _REFUSED]


@pytest.fixture(scope="module")
def with_heat(local_cloud: Access) -> Iterator[Access]:
    """Return a cloud with Heat; it is beside the run's own."""
    name = f"{local_cloud.name}-heat"
    yield asyncio.run(lifecycle.up(name=name, with_services=["heat"]))
    asyncio.run(lifecycle.purge(name=name))


@pytest.fixture
def member(with_heat: Access) -> Iterator[Connection]:
    """Return a connection as the plain member ``demo``."""
    with connect(with_heat, "demo") as connection:
        yield connection


@pytest.mark.parametrize(
    "path", [*_TEMPLATES, _HERE / "everything.hot.yaml"], ids=lambda path: path.stem
)
def test_heat_takes_every_template(member: Connection, path: Path) -> None:
    """Those that we read, so that they are no inventions, and the one with everything we write."""
    script = (_HERE / "heat" / "set-up.sh").read_text(encoding="utf-8")
    body = {
        "template": path.read_text(encoding="utf-8"),
        "files": {"set-up.sh": script},
        "parameters": {"secret_1": "swordfish"} if path.stem.startswith("everything") else {},
    }
    answer = member.orchestration.post("/validate", json=body)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "name", ["bastion", "database-with-disks", "three-tiers", "trunk", "two-sites"]
)
def test_an_example_is_woven_by_heat(member: Connection, name: str) -> None:
    """The written template becomes a stack, in the right order, and leaves as one."""
    template, lost = to_hot(load_file(EXAMPLES / f"{name}.yaml", KINDS), KINDS)
    assert lost == ()
    answer = member.orchestration.post(
        "/stacks", json={"stack_name": name, "template": template, "disable_rollback": True}
    )
    assert answer.status_code == 201, answer.text
    stack = member.orchestration.get_stack(answer.json()["stack"]["id"])
    try:
        member.orchestration.wait_for_status(
            stack, "CREATE_COMPLETE", failures=["CREATE_FAILED"], interval=0.5, wait=180
        )
    finally:
        member.orchestration.delete_stack(stack)
        deadline = time.monotonic() + 120
        while list(member.orchestration.stacks()):
            assert time.monotonic() < deadline, "the stack is still there"
            time.sleep(0.5)


@pytest.mark.parametrize("name", ["conditions", "group-of-servers"])
def test_what_was_a_template_is_woven_here(with_heat: Access, tmp_path: Path, name: str) -> None:
    """A second plan is empty, and nothing stays."""
    homes = {f"XDG_{each}_HOME": str(tmp_path / each) for each in ("STATE", "CACHE")}
    variables = {**os.environ, **with_heat.environment("demo"), **homes}

    def done(*words: str) -> str:
        ended = subprocess.run(
            [COMMAND, *words], env=variables, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, f"{words}: {ended.stdout}{ended.stderr}"
        return ended.stdout

    written = str(tmp_path / f"{name}.yaml")
    done("convert", str(_HERE / "heat" / f"{name}.yaml"), "-o", written)
    done("apply", "--yes", written)
    done("plan", "--detailed-exitcode", written)
    done("destroy", "--yes", written)
