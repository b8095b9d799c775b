# SPDX-License-Identifier: Apache-2.0
"""What the tests of every kind share: names for ids."""

from __future__ import annotations

import pytest
from tests.fakes.cloud import FakeIds
from tests.fakes.names import FakeNames


@pytest.fixture
def ids() -> FakeIds:
    """Every name has its id: ``network blue`` is ``network-blue-id``."""
    return FakeIds()


@pytest.fixture
def names() -> FakeNames:
    """And back: ``network-blue-id`` is ``blue``."""
    return FakeNames()
