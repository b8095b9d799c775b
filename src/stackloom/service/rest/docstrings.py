# SPDX-License-Identifier: Apache-2.0
"""Docstrings as the document needs them: what a struct is, and what each field of it is."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any

_FIELDS = re.compile(r"([a-z_]\w*(?:, [a-z_]\w*)*): (.*)")


def told(struct: type[Any]) -> tuple[str, Mapping[str, str]]:
    """Return what the docstring of *struct* says of it and of its fields, bases included."""
    words, fields = _parts(struct)
    for base in struct.__mro__[1:]:
        for name, text in _parts(base)[1].items():
            fields.setdefault(name, text)
    return words, fields


def _parts(struct: type[Any]) -> tuple[str, dict[str, str]]:
    text = inspect.cleandoc(struct.__dict__.get("__doc__") or "")
    words, _, attributes = text.partition("Attributes:\n")
    fields: dict[str, str] = {}
    names: list[str] = []
    for line in inspect.cleandoc(attributes).splitlines():
        found = _FIELDS.fullmatch(line)
        if found:
            names = found[1].split(", ")
            fields.update(dict.fromkeys(names, found[2].strip()))
        else:
            fields.update({name: f"{fields[name]} {line.strip()}" for name in names})
    return " ".join(words.split()), fields
