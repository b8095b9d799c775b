# SPDX-License-Identifier: Apache-2.0
"""Text in the language of Terraform's files, set as ``terraform fmt`` would set it. Pure.

Source: HCL's native syntax specification, https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_SHORT = 72


@dataclass(frozen=True, slots=True)
class Code:
    """An expression, written as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Template:
    """A text of plain parts and expressions."""

    parts: tuple[str | Code, ...]


@dataclass(slots=True)
class Block:
    """``resource "type" "name" { ... }``.

    Attributes:
        body: ``(name, value)`` of each attribute in order, and the blocks inside.
    """

    words: tuple[str, ...]
    body: list[tuple[str, Any] | Block] = field(default_factory=list)

    def add(self, **attributes: Any) -> None:
        """Add attributes; those that are None are left out."""
        self.body += [(name, value) for name, value in attributes.items() if value is not None]

    def inside(self, name: str, /, **attributes: Any) -> None:
        """Add a block inside this one."""
        block = Block((name,))
        block.add(**attributes)
        self.body.append(block)


def rendered(blocks: list[Block]) -> str:
    """Return blocks as the text of a file."""
    return "\n".join("\n".join(_lines(block, "")) + "\n" for block in blocks)


def _lines(block: Block, margin: str) -> Iterator[str]:
    first, *labels = block.words
    heading = " ".join([first, *(json.dumps(label) for label in labels)])
    if not block.body:
        yield f"{margin}{heading} {{}}"
        return
    yield f"{margin}{heading} {{"
    yield from _body(block, f"{margin}  ")
    yield f"{margin}}}"


def _body(block: Block, margin: str) -> Iterator[str]:
    """Yield what is inside; the equals signs of attributes on neighbouring lines are aligned."""
    row: list[tuple[str, str]] = []
    for index, each in enumerate(block.body):
        if index and not isinstance(each, Block) and isinstance(block.body[index - 1], Block):
            yield ""
        if isinstance(each, Block):
            yield from _aligned(row, margin)
            row = []
            if index:
                yield ""
            yield from _lines(each, margin)
            continue
        name, value = each
        text = _value(value, margin)
        if "\n" in text:
            yield from _aligned(row, margin)
            row = []
            yield f"{margin}{name} = {text}"
        else:
            row.append((name, text))
    yield from _aligned(row, margin)


def _aligned(row: list[tuple[str, str]], margin: str) -> Iterator[str]:
    width = max((len(name) for name, _ in row), default=0)
    for name, text in row:
        yield f"{margin}{name:{width}} = {text}"


def _value(value: Any, margin: str) -> str:
    if isinstance(value, Code):
        return value.text
    if isinstance(value, str | Template):
        return _text(Template((value,)) if isinstance(value, str) else value)
    if isinstance(value, list | tuple):
        return _list([_value(each, f"{margin}  ") for each in value], margin)
    if isinstance(value, dict):
        return _mapping(value, margin)
    return json.dumps(value)


def _list(items: list[str], margin: str) -> str:
    line = f"[{', '.join(items)}]"
    if len(line) <= _SHORT and "\n" not in line:
        return line
    inside = "".join(f"{margin}  {item},\n" for item in items)
    return f"[\n{inside}{margin}]"


def _mapping(value: dict[str, Any], margin: str) -> str:
    if not value:
        return "{}"
    keys = [key if _IDENTIFIER.fullmatch(key) else _quoted(key) for key in value]
    block = Block(("",), list(zip(keys, value.values(), strict=True)))
    return "\n".join(["{", *_body(block, f"{margin}  "), f"{margin}}}"])


def _text(template: Template) -> str:
    """Return a text in quotes, or over several lines where it has such."""
    plain = [part for part in template.parts if isinstance(part, str)]
    is_whole = all(_is_printable(part) for part in plain)
    last = template.parts[-1] if template.parts else ""
    if isinstance(last, str) and last.endswith("\n") and is_whole:
        lines = "".join(_part(part, quote=False) for part in template.parts)
        # Without the dash, lines stand as they are; with it their common margin would go.
        word = "EOT"
        while f"\n{word}\n" in f"\n{lines}":
            word += "_"
        return f"<<{word}\n{lines}{word}"
    return '"' + "".join(_part(part, quote=True) for part in template.parts) + '"'


def _part(part: str | Code, *, quote: bool) -> str:
    if isinstance(part, Code):
        return f"${{{part.text}}}"
    return _escaped(part) if quote else _signs(part)


def _is_printable(text: str) -> bool:
    return all(letter.isprintable() or letter in "\n\t" for letter in text)


def _signs(text: str) -> str:
    """Double the signs that would begin an expression."""
    return text.replace("${", "$${").replace("%{", "%%{")


def _escaped(text: str) -> str:
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return "".join(
        escapes.get(letter, letter if letter.isprintable() else f"\\u{ord(letter):04x}")
        for letter in _signs(text)
    )


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'
