# SPDX-License-Identifier: Apache-2.0
"""Where a setting came from: an option, a variable, a line of a file, a profile, or nowhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """The place of one setting, cheap to carry along: the line is looked up when it is asked for.

    Attributes:
        words: what to tell where it is no file: ``option --os-region-name``, ``default``.
        file: the file it stands in.
        keys: the way to it inside the file, as it is written there.
    """

    words: str = ""
    file: Path | None = None
    keys: tuple[str, ...] = ()

    def below(self, key: str) -> Origin:
        """Return the place of one key inside this one."""
        return msgspec.structs.replace(self, keys=(*self.keys, key)) if self.file else self

    def tell(self) -> str:
        """Return it in words; a file with the line, counted from 1."""
        if self.file is None:
            return self.words
        line = _line(self.file, self.keys)
        return f"{self.file}:{line}" if line else str(self.file)


class Given(msgspec.Struct, frozen=True):
    """A value of any YAML type, and where it stands; its text does not show it."""

    value: object
    origin: Origin

    def __repr__(self) -> str:
        return f"Given({self.origin!r})"


DEFAULT = Origin(words="default")


def _line(file: Path, keys: tuple[str, ...]) -> int:
    """Find the line of a key, 0 where the file has changed since or is no YAML."""
    import yaml  # noqa: PLC0415 - only for who asks where things stand

    try:
        node: Any = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, ValueError, yaml.YAMLError):
        return 0
    line = 0
    for key in keys:
        if isinstance(node, yaml.SequenceNode) and key.isdigit() and int(key) < len(node.value):
            node = node.value[int(key)]
            line = node.start_mark.line + 1
            continue
        pairs = node.value if isinstance(node, yaml.MappingNode) else ()
        found = next((pair for pair in pairs if str(pair[0].value) == key), None)
        if found is None:
            return line
        line = found[0].start_mark.line + 1
        node = found[1]
    return line
