# SPDX-License-Identifier: Apache-2.0
"""Values that only the cloud knows: ``${server.web.address}`` inside a spec. Pure.

The loader has left them in the texts of specs, each as ``${kind.name.attribute}``; they are filled
in when the plan compares, and again when the request is built, for then more of them are known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from stackloom.cloud.kind import UNKNOWN, Ids, Kind, Spec
from stackloom.cloud.mark import Address

# The attribute is the last word: names of resources may have dots in them.
_LATE = re.compile(r"(?<!\$)\$\{([a-z_]+)\.([A-Za-z0-9_.-]+)\.([a-z_]+)\}")


@dataclass(frozen=True, slots=True, order=True)
class Late:
    """One attribute of one resource."""

    address: Address
    attribute: str

    def __str__(self) -> str:
        return f"${{{self.address}.{self.attribute}}}"


def late_values(text: str) -> Iterator[Late]:
    """Yield what *text* wants to know of the cloud."""
    for kind, name, attribute in _LATE.findall(text):
        yield Late(Address(kind, name), attribute)


def late_values_in(value: object) -> Iterator[Late]:
    """Yield what all texts inside plain values want to know."""
    if isinstance(value, str):
        yield from late_values(value)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from late_values_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from late_values_in(each)


def attribute_names(kind: Kind[Any]) -> list[str]:
    """Return what may be asked of a resource of this kind."""
    own = kind.declaration.attributes if kind.declaration else {}
    return sorted({*kind.state.__struct_fields__, *own})


def attribute(kind: Kind[Any], state: Any, name: str) -> object:
    """Return one attribute of a state, as plain values."""
    own = kind.declaration.attributes if kind.declaration else {}
    if name in own:
        return msgspec.to_builtins(own[name](state))
    return msgspec.to_builtins(getattr(state, name))


def filled(spec: Spec, kinds: Mapping[str, Kind[Any]], ids: Ids) -> Spec:
    """Return *spec* with what is known by now in the place of its late values."""

    def value_of(late: Late) -> object:
        state = ids.state(late.address.kind, late.address.name)
        if state is None:
            return UNKNOWN
        return attribute(kinds[late.address.kind], state, late.attribute)

    return msgspec.convert(fill(msgspec.to_builtins(spec), value_of), type(spec))


def fill(value: Any, value_of: Callable[[Late], object]) -> Any:
    """Return plain values with late values replaced; one that is a whole text keeps its type.

    ``$${`` becomes ``${``.
    """
    if isinstance(value, str):
        if "${" not in value:
            return value
        if whole := _LATE.fullmatch(value):
            return value_of(_read(whole))
        text = _LATE.sub(lambda match: _as_text(value_of(_read(match))), value)
        return text.replace("$${", "${")
    if isinstance(value, dict):
        return {key: fill(each, value_of) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [fill(each, value_of) for each in value]
    return value


def _read(match: re.Match[str]) -> Late:
    return Late(Address(match[1], match[2]), match[3])


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
