# SPDX-License-Identifier: Apache-2.0
"""Everything that is wrong with a scenario, found in passes; an entry takes part up to its first.

What is wrong with one entry keeps no other from being looked at. What the entries that are left out
would have brought is not missed in the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from stackloom.errors import BadScenario, Problem

# Each of a thousand repetitions of an entry may be wrong in words of its own.
_MOST_AT_ONE_PLACE = 3


class Findings:
    """What was found so far."""

    def __init__(self) -> None:
        self._problems: dict[Problem, None] = {}
        self._at_place: Counter[tuple[str, int, int]] = Counter()
        self._left_out: set[str] = set()

    @property
    def problems(self) -> list[Problem]:
        """In the order in which they were found; of many at one place the first, and how many."""
        more = [
            Problem(
                file=file,
                line=line,
                column=column,
                message=f"and so on, {number - _MOST_AT_ONE_PLACE:,} times more",
            )
            for (file, line, column), number in self._at_place.items()
            if line and number > _MOST_AT_ONE_PLACE
        ]
        return [*self._problems, *more]

    def add(self, problems: Iterable[Problem]) -> None:
        """Note what is wrong; the same thing of each of a hundred repetitions only once."""
        for each in problems:
            if each in self._problems:
                continue
            place = (each.file, each.line, each.column)
            self._at_place[place] += 1
            if not each.line or self._at_place[place] <= _MOST_AT_ONE_PLACE:
                self._problems[each] = None

    def leave_out(self, name: str, entry: object) -> None:
        """Note that an entry takes part no more."""
        self._left_out.add(name)
        self._left_out.update(_keys_in(entry))

    def may_have_brought(self, name: str) -> bool:
        """Tell whether something of this name could come from what was left out.

        Entries bring parts by the keys inside them (subnets), and others called ``web.blue``
        (ports of servers) and ``web-0`` (repetition).
        """
        return any(
            name == each or name.startswith((f"{each}.", f"{each}-")) for each in self._left_out
        )

    def tell(self) -> None:
        """Raise if anything is wrong.

        Raises:
            BadScenario: with every problem.
        """
        if self._problems:
            raise BadScenario(self.problems)


def _keys_in(value: object) -> set[str]:
    if isinstance(value, Mapping):
        inside = [_keys_in(each) for each in value.values()]
        return {str(key) for key in value}.union(*inside)
    if isinstance(value, list):
        return set[str]().union(*[_keys_in(each) for each in value])
    return set()
