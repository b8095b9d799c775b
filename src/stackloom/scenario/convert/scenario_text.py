# SPDX-License-Identifier: Apache-2.0
"""Plain values as YAML that people like to read: small things on a line, texts as blocks. Pure."""

from __future__ import annotations

from typing import Any

import yaml

_LONGEST_LINE = 1_000  # folded expressions are hard to read
_LONGEST_INSIDE = 60
_MOST_LEVELS = 2


class _Open(dict[str, Any]):
    """A mapping that is never written on one line."""


class _Writer(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        """Indent lists inside mappings as well."""
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        """Write what stands twice twice."""
        return True


def _text(writer: _Writer, value: str) -> yaml.ScalarNode:
    has_ends = any(line.endswith((" ", "\t")) for line in value.split("\n"))
    is_block = "\n" in value.strip("\n") and not has_ends
    return writer.represent_scalar("tag:yaml.org,2002:str", value, style="|" if is_block else None)


def _mapping(writer: _Writer, value: dict[str, Any]) -> yaml.MappingNode:
    is_flow = not isinstance(value, _Open) and _is_small(value)
    return writer.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=is_flow)


def _list(writer: _Writer, value: list[Any]) -> yaml.SequenceNode:
    return writer.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=_is_small(value))


def _is_small(value: Any) -> bool:
    """Tell whether a value fits on the rest of a line, and is not nested deeply."""
    if _levels(value) > _MOST_LEVELS:
        return False
    shown = yaml.dump(value, Dumper=yaml.SafeDumper, default_flow_style=True, width=10_000)
    return len(shown) < _LONGEST_INSIDE and "\\n" not in shown and "\n" not in shown.strip()


def _levels(value: Any) -> int:
    inside = value.values() if isinstance(value, dict) else value
    return 1 + max(map(_levels, inside), default=0) if isinstance(value, dict | list) else 0


_Writer.add_representer(str, _text)
_Writer.add_representer(_Open, _mapping)
_Writer.add_representer(dict, _mapping)
_Writer.add_representer(list, _list)


def _opened(value: Any, levels: int) -> Any:
    if levels == 0 or not isinstance(value, dict) or not value:
        return value
    return _Open({key: _opened(each, levels - 1) for key, each in value.items()})


def as_yaml(document: dict[str, Any], *, open_levels: int = 2) -> str:
    """Return a document as YAML, with an empty line before each of its sections.

    Args:
        open_levels: how many levels of mappings are not written on one line.
    """
    parts: list[str] = []
    for key, value in document.items():
        text = yaml.dump(
            _opened({key: value}, open_levels), Dumper=_Writer, sort_keys=False,
            width=_LONGEST_LINE, allow_unicode=True, default_flow_style=False,
        )  # fmt: skip
        parts.append(("\n" if parts and isinstance(value, dict) else "") + text)
    return "".join(parts)
