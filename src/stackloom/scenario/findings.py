# SPDX-License-Identifier: Apache-2.0
"""Everything that is wrong with a scenario, found in passes; an entry takes part up to its first.

What is wrong with one entry keeps no other from being looked at. What the entries that are left out
would have brought is not missed in the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from stackloom.errors import BadScenario, Problem


class Findings:
    """What was found so far.

    Attributes:
        problems: in the order in which they were found.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._left_out: set[str] = set()

    def add(self, problems: Iterable[Problem]) -> None:
        """Note what is wrong; the same thing of each of a hundred repetitions only once."""
        self.problems += [each for each in dict.fromkeys(problems) if each not in self.problems]

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
        if self.problems:
            raise BadScenario(self.problems)


def _keys_in(value: object) -> set[str]:
    if isinstance(value, Mapping):
        inside = [_keys_in(each) for each in value.values()]
        return {str(key) for key in value}.union(*inside)
    if isinstance(value, list):
        return set[str]().union(*[_keys_in(each) for each in value])
    return set()
