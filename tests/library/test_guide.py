# SPDX-License-Identifier: Apache-2.0
"""The examples of docs/guide/library.md, as a reader would run them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.fakes.fake_cloud import FakeCloud

_GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "library.md"
_EXAMPLES = re.findall(r"```python\n(.*?)```", _GUIDE.read_text(encoding="utf-8"), re.DOTALL)
# What each of them prints, in the order of the page.
_PRINTED = [
    "network-1 blue 1400\n",
    "20 networks\n[]\n",
    "project demo ('member',)\n",
    "web ACTIVE\n",
    "200 {'networks': []}\n",
    (
        'network "pink" is not there, or not visible to this project - '
        "stackloom network list shows what is\n404 \n"
    ),
]


def test_there_are_examples() -> None:
    """As many as this file knows of."""
    assert len(_EXAMPLES) == len(_PRINTED)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(_PRINTED)))
def test_an_example_does_what_the_page_says(cloud: FakeCloud, number: int) -> None:
    """It ends well, prints what it should, and leaves nothing behind."""
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", _EXAMPLES[number]],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (ran.returncode, ran.stderr, ran.stdout) == (0, "", _PRINTED[number])
    assert cloud.things("network") == cloud.things("server") == []
