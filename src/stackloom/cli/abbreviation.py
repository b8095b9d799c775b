# SPDX-License-Identifier: Apache-2.0
"""Commands by the beginnings of their words: ``netw li`` is ``network list``.

Looked at only where the words as they stand name no command, so that a new command never changes
what a whole word means.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from stackloom import plug
from stackloom.cli import commands
from stackloom.cli.command import Command, Group
from stackloom.errors import UsageError


class Meant(msgspec.Struct, frozen=True, kw_only=True):
    """A command that words may mean.

    Attributes:
        module: the noun's.
        command: None where the words name the noun alone.
        words: how many of them are its name.
        whole: how many of these are written out.
    """

    module: str
    group: Group
    command: Command | None
    words: int
    whole: int

    @property
    def name(self) -> str:
        """The command, written out."""
        verb = self.command.name if self.command else ""
        return f"{self.module.replace('_', ' ')} {verb}".rstrip()


def abbreviated(named: Sequence[str]) -> Meant | None:
    """Return the only command that the words may mean, or None.

    Raises:
        UsageError: there are several; names them.
    """
    found = [*_meant(named)]
    if not found:
        return None
    # More words explained are better, and of those more that are written out.
    best = max((each.words, each.whole) for each in found)
    likely = [each for each in found if (each.words, each.whole) == best]
    if len(likely) == 1:
        return likely[0]
    typed = " ".join(named[: best[0]])
    names = ", ".join(sorted(each.name for each in likely))
    raise UsageError(f'"{typed}" may mean several commands', hint=f"write one out: {names}")


def _meant(named: Sequence[str]) -> Iterator[Meant]:
    for module in plug.module_names(commands):
        noun = module.split("_")
        typed, rest = named[: len(noun)], named[len(noun) :]
        if not _begin(typed, noun):
            continue
        group = plug.read_one(commands, module, "GROUP", Group)
        whole = _whole(typed, noun)
        if not rest or "" in group.by_name:
            command = group.by_name.get("")
            yield Meant(module=module, group=group, command=command, words=len(noun), whole=whole)
            continue
        for command in group.commands:
            verb = command.name.split()
            if _begin(rest[: len(verb)], verb):
                yield Meant(
                    module=module,
                    group=group,
                    command=command,
                    words=len(noun) + len(verb),
                    whole=whole + _whole(rest, verb),
                )


def _begin(typed: Sequence[str], words: Sequence[str]) -> bool:
    """Tell whether each of *words* begins with what was typed for it."""
    return len(typed) == len(words) and all(
        word.startswith(part) for part, word in zip(typed, words, strict=True)
    )


def _whole(typed: Sequence[str], words: Sequence[str]) -> int:
    return sum(part == word for part, word in zip(typed, words, strict=False))
