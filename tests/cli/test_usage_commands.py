# SPDX-License-Identifier: Apache-2.0
"""What projects have used: asked of Nova for a time, told in the openstack client's words."""

from __future__ import annotations

import pytest
from tests.cli.conftest import CommandLine, Said
from tests.fakes.transport import FakeTransport, answer, query_of

_PATH = "/v2.1/os-simple-tenant-usage"
_TIME = ("--start", "2026-01-01", "--end", "2026-02-01")
_USED = {
    "tenant_id": "p-1",
    "total_vcpus_usage": 1.23456,
    "total_local_gb_usage": 20.0,
    "total_memory_mb_usage": 512.5,
    "server_usages": [{}, {}],
}


def test_the_usage_of_a_project_is_shown(stackloom: CommandLine, rules: FakeTransport) -> None:
    """By its name, for the days that were named."""
    rules.on("GET", "/v3/projects", answer(200, {"projects": [{"id": "p-1", "name": "web"}]}))
    rules.on("GET", f"{_PATH}/p-1", answer(200, {"tenant_usage": _USED}))
    assert stackloom("usage", "show", "--project", "web", *_TIME, "-f", "value") == Said(
        code=0,
        stdout="p-1\n2\n1.23\n20.0\n512.5\n",
        stderr="from 2026-01-01T00:00:00 to 2026-02-01T00:00:00\n",
    )
    assert query_of(rules.requests[-1]) == {
        "start": "2026-01-01T00:00:00",
        "end": "2026-02-01T00:00:00",
    }


def test_a_project_that_has_used_nothing_has_used_nothing(
    stackloom: CommandLine, rules: FakeTransport
) -> None:
    """Nova answers an empty object then; the last four weeks are meant where nothing is said."""
    rules.on("GET", f"{_PATH}/project-1", answer(200, {"tenant_usage": {}}))
    said = stackloom("usage", "show", "-q", "-f", "value", "-c", "Servers", "-c", "CPU Hours")
    assert said == Said(code=0, stdout="0\n0.0\n", stderr="")
    assert set(query_of(rules.requests[-1])) == {"start", "end"}


def test_the_usage_of_all_projects_is_listed(stackloom: CommandLine, rules: FakeTransport) -> None:
    """With what each has used."""
    rules.on("GET", _PATH, answer(200, {"tenant_usages": [_USED]}))
    said = stackloom("usage", "list", "-q", *_TIME, "-f", "csv")
    assert said.stdout.splitlines() == [
        '"Project","Servers","CPU Hours","Disk GB-Hours","RAM MB-Hours"',
        '"p-1",2,1.23,20.0,512.5',
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--start soon", 'error: "soon" is no date\nhint: such as 2026-01-31\n'),
        (
            "--start 2026-02-01 --end 2026-01-01",
            "error: from 2026-02-01 to 2026-01-01 is no time\n",
        ),
    ],
)
def test_what_is_no_time_is_told(
    stackloom: CommandLine, rules: FakeTransport, words: str, told: str
) -> None:
    """Before anything is asked."""
    said = stackloom("usage", "show", *words.split())
    assert said == Said(code=2, stdout="", stderr=told)
    assert rules.requests == []
