# SPDX-License-Identifier: Apache-2.0
"""The page of what a scenario may say of each kind: fields of the specs, with their docstrings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, get_args, get_type_hints

import msgspec

from stackloom.cloud.kind import Declaration, Kind

_ENTRY = re.compile(r"([a-z_]\w*(?:, [a-z_]\w*)*): (.*)")
_DEPTH = 8


def lines_of(kinds: Iterable[Kind[Any]]) -> Iterator[str]:
    """Yield the lines of the page below its heading: a chapter for each section of a file."""
    declared = [kind.declaration for kind in kinds if kind.declaration]
    for declaration in sorted(declared, key=lambda each: each.section):
        if declaration.section:
            yield from _chapter(declaration)


def _chapter(declaration: Declaration[Any, Any]) -> Iterator[str]:
    yield from ("", f"## {declaration.section}", "", f"{_title(declaration.spec)}.", "")
    yield from _table(declaration.spec)
    for inner in _inner(declaration.spec):
        yield from ("", *_inside(inner))


def _inside(struct: type[msgspec.Struct]) -> Iterator[str]:
    """Yield the fields of a struct inside; without a table where its docstring says it all."""
    if _meanings(struct):
        yield from (f"{_title(struct)}:", "")
        yield from _table(struct)
    else:
        names = ", ".join(f"`{each.encode_name}`" for each in msgspec.structs.fields(struct))
        yield f"{_title(struct)}: {names}."


def _table(struct: type[msgspec.Struct]) -> Iterator[str]:
    meanings = _meanings(struct)
    yield "| Field | Meaning |"
    yield "|---|---|"
    for each in msgspec.structs.fields(struct):
        needed = ", needed" if each.required else ""
        meaning = meanings.get(each.name, "").removesuffix(".").replace("|", "\\|")
        yield f"| `{each.encode_name}`{needed} | {meaning.replace('``', '`')} |"


def _meanings(struct: type[Any]) -> dict[str, str]:
    """Return what the docstrings of a struct, and of those it builds on, say of its fields."""
    meanings: dict[str, str] = {}
    for each in reversed(struct.__mro__):
        names: list[str] = []
        for line in (each.__doc__ or "").partition("Attributes:\n")[2].splitlines():
            text = line.strip()
            if not text:
                break
            is_new = len(line) - len(line.lstrip()) == _DEPTH
            if is_new and (entry := _ENTRY.fullmatch(text)):
                names = entry[1].split(", ")
                meanings |= dict.fromkeys(names, entry[2])
            else:
                meanings |= {name: f"{meanings[name]} {text}" for name in names}
    return meanings


def _inner(struct: type[Any]) -> list[type[Any]]:
    """Return the structs inside the fields of a struct, each once, in their order."""
    found: dict[type[Any], None] = {}
    waiting = [struct]
    while waiting:
        hints = get_type_hints(waiting.pop(0)).values()
        new = [each for hint in hints for each in _structs(hint) if each not in found]
        found |= dict.fromkeys(new)
        waiting += new
    return [each for each in found if each is not struct]


def _structs(hint: Any) -> Iterator[type[Any]]:
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        yield hint
    for each in get_args(hint):
        yield from _structs(each)


def _title(struct: type[Any]) -> str:
    """Return the first paragraph of a struct's docstring, without the full stop at its end."""
    words = (struct.__doc__ or "").partition("\n\n")[0].split()
    return " ".join(words).removesuffix(".").replace("``", "`")
