# SPDX-License-Identifier: Apache-2.0
"""What was found out of a whole scenario is kept while it stays the same."""

from __future__ import annotations

from stackloom.cloud.kind import Declared, Spec
from stackloom.cloud.mark import Address
from stackloom.resources.network._remembered import Remembered


def test_it_is_found_out_once_a_scenario_and_again_as_it_grows() -> None:
    """Short forms add to a scenario while it is read."""
    asked: list[int] = []

    def count(declared: Declared) -> int:
        asked.append(len(declared))
        return len(declared)

    remembered = Remembered(count)
    first: dict[Address, Spec] = {Address("network", "a"): Spec()}
    assert [remembered(first), remembered(first)] == [1, 1]
    first[Address("network", "b")] = Spec()
    assert [remembered(first), remembered(first)] == [2, 2]
    assert remembered({**first}) == 2
    assert asked == [1, 2, 2]
