# SPDX-License-Identifier: Apache-2.0
"""Find the command that words name: a noun of one or more words, then a verb of one or more.

``floating ip list`` is the command ``list`` of ``commands/floating_ip.py``; ``router add subnet``
the command ``add subnet`` of ``commands/router.py``. The longest name wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NoReturn

import msgspec

from stackloom import plug
from stackloom.cli import commands
from stackloom.cli.command import Command, Group
from stackloom.errors import UsageError

_MOST_WORDS = 4
# How much alike two names have to be, from 0 to 1, to be told for one another.
_CLOSE = 0.6
_MUCH_WORSE = 0.1


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What words name.

    Attributes:
        name: the noun, as typed: ``floating ip``.
        command: None where the noun stands alone, or with ``help``.
        words: how many of them are its name.
    """

    name: str
    group: Group
    command: Command | None
    words: int

    @property
    def module(self) -> str:
        """The module of the noun."""
        return _module(self.name.split())


def find(named: Sequence[str]) -> Found:
    """Find a command by the words that are no options.

    Raises:
        UsageError: there is none; says which are close.
    """
    known = set(plug.module_names(commands))
    length = _longest(named, known)
    if not length:
        names = sorted(module.replace("_", " ") for module in known)
        return _abbreviated(named) or _unknown(f"{named[0]}", named, names)
    group = plug.read_one(commands, _module(named[:length]), "GROUP", Group)
    name, rest = " ".join(named[:length]), named[length:]
    by_name = group.by_name
    if "" in by_name:
        return Found(name=name, group=group, command=by_name[""], words=length)
    if not rest or rest[0] == "help":
        return Found(name=name, group=group, command=None, words=length)
    verb = _longest(rest, {_module(each.split()) for each in by_name})
    if not verb:
        return _abbreviated(named) or _unknown(f"{name} {rest[0]}", rest, list(by_name))
    command = by_name[" ".join(rest[:verb])]
    return Found(name=name, group=group, command=command, words=length + verb)


def _abbreviated(named: Sequence[str]) -> Found | None:
    """Return the command that the beginnings of its words name."""
    from stackloom.cli.abbreviation import abbreviated

    meant = abbreviated(named)
    if meant is None:
        return None
    name = meant.module.replace("_", " ")
    return Found(name=name, group=meant.group, command=meant.command, words=meant.words)


def _unknown(typed: str, words: Sequence[str], known: list[str]) -> NoReturn:
    raise UsageError(f'there is no command "{typed}"', hint=_did_you_mean(words, known))


def _longest(words: Sequence[str], known: Iterable[str]) -> int:
    """Return how many of the first words make up a known name, 0 for none."""
    names = set(known)
    lengths = range(min(_MOST_WORDS, len(words)), 0, -1)
    return next((length for length in lengths if _module(words[:length]) in names), 0)


def _module(words: Sequence[str]) -> str:
    return "_".join(words).replace("-", "_")


def _did_you_mean(words: Sequence[str], known: list[str]) -> str:
    close = [each for each in known if each.split()[0] == words[0]] or _close(words, known)
    return f"did you mean: {', '.join(close)}?" if close else f"there are: {', '.join(known)}"


def _close(words: Sequence[str], known: list[str]) -> list[str]:
    """Return the names that are most like as many of the first words as they have, the best first.

    Three at most, and none that is much worse than the best.
    """
    from difflib import SequenceMatcher

    scores = {
        name: SequenceMatcher(None, " ".join(words[: len(name.split())]), name).ratio()
        for name in known
    }
    best = max(scores.values(), default=0.0)
    close = [name for name, score in scores.items() if score >= max(_CLOSE, best - _MUCH_WORSE)]
    return sorted(close, key=lambda name: -scores[name])[:3]
