# SPDX-License-Identifier: Apache-2.0
"""Let a local cloud misbehave on demand: any of its services, for any client.

::

    from stackloom.local import faults

    faults.add("local", faults.Fault(service="network", method="POST", status=503, times=3))
    ...
    faults.clear("local")

A fault holds from the moment in which ``add`` returns, survives the restart of a service, and is
gone after ``clear``, ``reset`` and ``down``; requests that wait because of it are let go then. The
services' requests to one another are spared unless a fault says otherwise. Knows how faults are
asked for; what they do is done in ``runtime/stackloom_cloud``, in the process that serves.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from stackloom.errors import UsageError
from stackloom.local import layout, supervision

_WITHIN_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is to go wrong, where, and how often.

    It concerns the requests that *service*, *method* and *path* name. Where several faults concern
    one request, their delays add up, and the first that does more than delay decides.

    Attributes:
        service: its name or its type in the catalog, ``neutron`` or ``network``; empty for every.
        method: such as ``POST``; empty for every.
        path: a pattern for the path without the query, ``/v2.0/ports*``; ``*`` stands for anything,
            slashes among it.
        times: how often it hits, then no more; 0 for always.
        chance: how likely it hits each request that it concerns, from 0 to 1.
        seed: the same seed draws the same chances and jitters again.
        includes_internal: the services' requests to one another are concerned too.
        delay_seconds: each request that it hits waits so long before it is handled, give or take
            *jitter_seconds*.
        status: answer with this status in the service's words, and do nothing.
        retry_after_seconds: the answer's ``Retry-After``; -1 for none, or for what fits the rate.
        is_html: answer with the page of a proxy in place of the service's words.
        drop: close the connection without an answer: before anything is done (``request``), or
            after it was done (``answer``), which is how duplicates come about.
        truncates: do what is asked, and send half of the answer's body.
        unseen_seconds: what a POST creates answers 404, under its id, for so long, and lists are
            without it.
        rate_per_second: more requests than this answer 429. *rate_burst* are free at once.
    """

    service: str = ""
    method: str = ""
    path: str = "*"
    times: int = 0
    chance: float = 1.0
    seed: int = 0
    includes_internal: bool = False
    delay_seconds: float = 0.0
    jitter_seconds: float = 0.0
    status: int = 0
    retry_after_seconds: int = -1
    is_html: bool = False
    drop: Literal["", "request", "answer"] = ""
    truncates: bool = False
    unseen_seconds: float = 0.0
    rate_per_second: float = 0.0
    rate_burst: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFault:
    """A fault that is set.

    Attributes:
        id: such as ``f1``; ``latency`` for the one that ``up --latency`` sets.
        fault: its ``service`` is a name, whatever was given.
        matched: how many requests it concerned so far.
        hits: how many of them it did something to.
    """

    id: str
    fault: Fault
    matched: int
    hits: int


def add(name: str, fault: Fault) -> SetFault:
    """Set a fault in the cloud of that name.

    Raises:
        UsageError: the fault makes no sense, or there is no such service.
        NotReady: the cloud is not up.
    """
    check(fault)
    raw = {**asdict(fault), "method": fault.method.upper()}
    (told,) = _ask(name, {"do": "fault add", "fault": raw})["faults"]
    return _read(told)


def list(name: str) -> tuple[SetFault, ...]:
    """Return the faults that are set in the cloud of that name, and what they did.

    Raises:
        NotReady: the cloud is not up.
    """
    return tuple(_read(each) for each in _ask(name, {"do": "fault list"})["faults"])


def clear(name: str, id: str = "") -> int:
    """Clear one fault, or all but the latency; return how many.

    Raises:
        UsageError: there is no such fault.
        NotReady: the cloud is not up.
    """
    return int(_ask(name, {"do": "fault clear", "id": id})["cleared"])


def check(fault: Fault) -> None:
    """See that the fault does something, and one thing only.

    Raises:
        UsageError: in words for the person who asked.
    """
    endings = {
        "a status": bool(fault.status and not (fault.unseen_seconds or fault.rate_per_second)),
        "a drop": bool(fault.drop),
        "a truncated body": fault.truncates,
        "404 after a create": bool(fault.unseen_seconds),
        "a rate": bool(fault.rate_per_second),
    }
    wanted = [what for what, is_wanted in endings.items() if is_wanted]
    if len(wanted) > 1:
        raise UsageError(
            f"a fault ends a request in one way, and this one asks for {' and '.join(wanted)}",
            hint="add a fault for each; --chance and --times say which hits",
        )
    if not wanted and not fault.delay_seconds and not fault.jitter_seconds:
        raise UsageError(
            "this fault would do nothing",
            hint="say what goes wrong: --status, --delay, --drop, --truncate, --unseen or --rate",
        )
    if fault.status and not 400 <= fault.status <= 599:
        raise UsageError(f"status {fault.status} is no error", hint="choose one from 400 to 599")
    if not 0 < fault.chance <= 1:
        raise UsageError(f"a chance of {fault.chance} is none", hint="choose one above 0, up to 1")
    if fault.is_html and not fault.status:
        raise UsageError("a page of HTML needs a status", hint="--status 502, 503 or 504 is usual")
    smallest = min(fault.delay_seconds, fault.jitter_seconds, fault.unseen_seconds, fault.times)
    if smallest < 0 or fault.rate_per_second < 0 or fault.rate_burst < 1:
        raise UsageError("times, counts and rates cannot be less than nothing")


def _ask(name: str, what: Mapping[str, object]) -> Mapping[str, Any]:
    cloud = layout.from_environment(os.environ).cloud(name)
    return supervision.ask(cloud, what, within_seconds=_WITHIN_SECONDS)


def _read(told: Mapping[str, Any]) -> SetFault:
    known = {field.name for field in fields(Fault)} - {"service"}
    fault = Fault(
        service=", ".join(told["programs"]),
        **{key: value for key, value in told.items() if key in known},
    )
    return SetFault(id=told["id"], fault=fault, matched=told["matched"], hits=told["hits"])
