# SPDX-License-Identifier: Apache-2.0
"""What is generated from the code is what the code says now."""

from __future__ import annotations

import pytest
from scripts import reference


@pytest.mark.slow
@pytest.mark.parametrize("path", reference.PAGES)
def test_a_generated_file_is_up_to_date(path: str) -> None:
    """Whoever changes a kind, a command, a method or an error runs ``scripts/docs``."""
    held = (reference.ROOT / path).read_text(encoding="utf-8")
    assert held == reference.fresh(path), f"{path} is stale: run scripts/docs"


@pytest.mark.parametrize(
    ("name", "plural"),
    [
        ("network", "networks"),
        ("qos_policy", "qos_policies"),
        ("quota_class", "quota_classes"),
        ("limits", "limits"),
        ("key", "keys"),
    ],
)
def test_attributes_are_plurals(name: str, plural: str) -> None:
    """As a person would say it."""
    assert reference.many(name) == plural
