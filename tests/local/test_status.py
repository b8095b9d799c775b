# SPDX-License-Identifier: Apache-2.0
"""What a cloud is doing, read from files alone; with a running cloud in ``tests/cloud``."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from stackloom.local import layout, lifecycle, status


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> layout.CloudLayout:
    """Return the layout of a cloud in a data directory of the test's own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return layout.from_environment(os.environ).cloud("local")


def test_a_cloud_that_never_was_is_absent(cloud: layout.CloudLayout) -> None:
    """It has no services, no logs, and is not in the list."""
    found = lifecycle.status("local")
    assert (found.state, found.services, found.memory_mib) == ("absent", (), 0.0)
    assert (status.names(), lifecycle.log_files("local")) == ([], {})


def test_a_stale_state_file_does_not_make_a_cloud_run(cloud: layout.CloudLayout) -> None:
    """Its supervisor's number is that of another program now: ours."""
    program = {
        "name": "nova", "service_type": "compute", "distribution": "nova",
        "url": "http://127.0.0.1:20104/v2.1", "state": "running", "pid": os.getpid(),
        "started": 1.0, "ready_seconds": 2.0, "restarts": 3, "last_error": "killed by signal 9",
    }  # fmt: skip
    happened = {"time": 5.0, "program": "nova", "what": "killed by signal 9: restarting"}
    cloud.run.mkdir(parents=True)
    cloud.state.write_text(
        json.dumps({"pid": os.getpid(), "programs": [program], "events": [happened]})
    )
    found = status.status("local")
    assert (found.state, found.supervisor_pid) == ("down", 0)
    (row,) = found.services
    assert (row.state, row.pid, row.port, row.uptime_seconds) == ("stopped", 0, 20104, 0.0)
    assert (row.restarts, row.last_error) == (3, "killed by signal 9")
    assert found.happenings == (
        status.Happening(time=5.0, program="nova", what="killed by signal 9: restarting"),
    )
