# SPDX-License-Identifier: Apache-2.0
"""What the first request would have to do is done before it comes."""

from __future__ import annotations

import pytest
from tests.cloud.inside import told_inside

from stackloom.local.access import Access

pytestmark = [pytest.mark.cloud]

_A_MAPPER = """
import threading
from stackloom_cloud import warming
warming.install()
from routes import Mapper
mapper = Mapper()
mapper.connect("/networks/{id}", controller="networks")
print(mapper._created_regs)
done = threading.Event()
warming.start(done.set)
print(done.wait(30), mapper._created_regs)
"""


def test_patterns_are_compiled_before_they_are_asked_for(local_cloud: Access) -> None:
    """By a thread of its own, which then does what the program itself wants."""
    assert told_inside(local_cloud, _A_MAPPER) == "False\nTrue True\n"
