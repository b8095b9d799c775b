# SPDX-License-Identifier: Apache-2.0
"""A short sample of many writers at once; the long one is ``tests/faults/writers.py``."""

from __future__ import annotations

import pytest
from tests.faults.writers import write

from stackloom.testing.project import OpenStackProject

pytestmark = [pytest.mark.cloud, pytest.mark.slow]


def test_thirty_two_writers_hear_of_no_locked_database(
    openstack_project: OpenStackProject,
) -> None:
    """Whatever else a service answers, it is no 5xx; and all that was made is gone again."""
    written = write(openstack_project.environment, writers=32, seconds=8)
    assert written.faults == []
    assert written.answers[200] > 32
