# SPDX-License-Identifier: Apache-2.0
"""One thing that can be asked for over HTTP: its path, who may, what goes in and what comes out.

A route is a function with ``@route``; its signature is what the document says and what is checked::

    @route("POST", "/v1/scenarios", who=Who.MEMBER, status=201, has_location=True, ...)
    async def create_scenario(asked: Asked, *, body: ScenarioCreate) -> Answer[Scenario]:
        \"\"\"Keep a new scenario.

        More about it, as the document is to say it.
        \"\"\"

* ``asked`` comes first: who asks, the headers, the desk.
* ``body``: a struct, decoded and checked. ``query``: a struct with a field for each parameter;
  all others are refused, and a field that is a tuple takes ``a,b``.
* ``form``: the same of what a page's form sends; in the place of a body.
* each ``{word}`` of the path: an argument of that name, of type UUID, int or str; what cannot be
  one is 404.
* it returns a struct or an `Answer` of one, None for no body; ``Answer[X] | Stream`` may do both.
"""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from stackloom.service.rest.answer import JSON, Answer
from stackloom.wire.codes import CODES

Method = Literal["GET", "POST", "PUT", "DELETE"]
Handler = Callable[..., Awaitable[object]]

_GIVEN = frozenset({"asked", "_asked", "body", "form", "query"})


class Who(Enum):
    """Who may: everybody; whoever has a token for a project and a role for reading, or more."""

    ALL = "all"
    READER = "reader"
    MEMBER = "member"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A route, as its decorator and signature say.

    Attributes:
        path: with ``{word}`` where something is named.
        status: of an answer that says nothing else.
        body, form, query: the structs that its arguments of these names are; None without.
        names: type of each ``{word}`` of the path.
        answer: what its JSON is; None for no body.
        media_types: of its answers, the default first.
        otherwise: further statuses with what their body is: ``{204: None}``.
        refusals: codes that it may give beyond those that follow from the rest.
        has_location, has_etag: its answer carries that header.
        needs_match: ``If-Match`` is to be given; `Asked.revision` reads it.
        is_repeatable: takes ``Idempotency-Key``.
        call: the function.
    """

    method: Method
    path: str
    who: Who
    status: int
    body: Any
    form: Any
    query: Any
    names: Mapping[str, Any]
    answer: Any
    media_types: tuple[str, ...]
    otherwise: Mapping[int, Any]
    refusals: tuple[str, ...]
    has_location: bool
    has_etag: bool
    needs_match: bool
    is_repeatable: bool
    call: Handler

    @property
    def operation_id(self) -> str:
        """The name of its function, as generated clients want it: ``createScenario``."""
        first, *others = self.call.__name__.split("_")
        return first + "".join(word.capitalize() for word in others)

    @property
    def tag(self) -> str:
        """The module that it is in: the resource."""
        return self.call.__module__.rpartition(".")[2]

    @property
    def summary(self) -> str:
        """The first line of its docstring."""
        return inspect.cleandoc(self.call.__doc__ or "").partition("\n")[0]

    @property
    def description(self) -> str:
        """The rest of its docstring, "" where there is none."""
        return inspect.cleandoc(self.call.__doc__ or "").partition("\n")[2].strip()


def route(
    method: Method,
    path: str,
    *,
    who: Who,
    status: int = 200,
    media_types: tuple[str, ...] = (JSON,),
    otherwise: Mapping[int, Any] | None = None,
    refusals: tuple[str, ...] = (),
    has_location: bool = False,
    has_etag: bool = False,
    needs_match: bool = False,
    is_repeatable: bool = False,
) -> Callable[[Handler], Route]:
    """Make a route of a function; see the module and `Route`."""
    unknown = set(refusals) - set(CODES)
    assert not unknown, f"no such codes: {unknown}"

    def made(call: Handler) -> Route:
        hints = get_type_hints(call, include_extras=True)
        named = re.findall(r"\{(\w+)\}", path)
        arguments = set(inspect.signature(call).parameters) - _GIVEN
        assert arguments == set(named), f"{call.__name__}: {arguments} are not those of {path}"
        assert call.__doc__, f"{call.__name__} has no docstring, and the document needs one"
        return Route(
            method=method,
            path=path,
            who=who,
            status=status,
            body=hints.get("body"),
            form=hints.get("form"),
            query=hints.get("query"),
            names={name: hints[name] for name in named},
            answer=_body_of(hints["return"]),
            media_types=media_types,
            otherwise=otherwise or {},
            refusals=refusals,
            has_location=has_location,
            has_etag=has_etag,
            needs_match=needs_match,
            is_repeatable=is_repeatable,
            call=call,
        )

    return made


def _body_of(hint: Any) -> Any:
    """Return what is in an `Answer`, of ``A | B`` what is in A; None for no body."""
    if get_origin(hint) in {Union, types.UnionType}:  # the former where one of them is generic
        return _body_of(get_args(hint)[0])
    inner = get_args(hint)[0] if get_origin(hint) is Answer else hint
    return None if inner is type(None) else inner
