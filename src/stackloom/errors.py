# SPDX-License-Identifier: Apache-2.0
"""Every exception of stackloom; raise the leaf, catch the branch.

::

    StackloomError 1
    ├─ UsageError 2        UnknownName · BadScenario · BadConfig · Cycle · Moved
    ├─ CloudError 3        Unreachable · AuthFailed · BadRequest · Forbidden · NotFound
    │                      Conflict · OverQuota · RateLimited · ServerFault · BadAnswer
    │                      NoEndpoint · InDoubt
    ├─ WaitFailed 4        TimedOut · WentToError
    ├─ RunFailed 5
    ├─ Occupied · Unchangeable · ScenarioBusy · LostLease · NotServed
    ├─ LocalCloudError 6   InstallFailed · ProgramDied · NotReady · Busy
    └─ Interrupted 130

The number is the exit code of the command line. A message says what was tried, what happened and,
as *hint*, what to do next. This module knows nothing about the rest of the package.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import msgspec


class StackloomError(Exception):
    """Something that a person is told in one message, without a traceback.

    Attributes:
        hint: what to do next, a sentence without "hint:"; empty where there is nothing to say.
    """

    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500
    slug: ClassVar[str] = "error"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message


# --- what the person asked cannot be done as asked ------------------------------------------------


class UsageError(StackloomError):
    """The request itself is wrong: an option, a name, a file."""

    exit_code = 2
    http_status = 400
    slug = "usage"


class UnknownName(UsageError):
    """A name that nothing, or more than one thing, answers to."""

    slug = "unknown-name"


class BadConfig(UsageError):
    """``clouds.yaml``, ``OS_*`` or options do not add up to a cloud."""

    slug = "bad-config"


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong with a file. ``line`` and ``column`` start at 1; 0 means "the whole file"."""

    file: str
    line: int
    column: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.message}" + (f" ({self.hint})" if self.hint else "")


class BadScenario(UsageError):
    """A scenario file with problems, all of them at once, in the order of the file."""

    slug = "bad-scenario"

    def __init__(self, problems: list[Problem]) -> None:
        assert problems, "a BadScenario carries at least one problem"
        self.problems = sorted(problems, key=lambda each: (each.file, each.line, each.column))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Cycle(UsageError):
    """Resources that wait for each other in a circle."""

    slug = "cycle"

    def __init__(self, addresses: list[str]) -> None:
        self.addresses = addresses
        circle = " -> ".join([*addresses, addresses[0]])
        super().__init__(f"these resources need each other in a circle: {circle}")


class Unchangeable(StackloomError):
    """It cannot be changed in place after all, because the cloud has changed since the plan."""

    slug = "unchangeable"
    http_status = 409

    def __init__(self, address: object, fields: Sequence[str]) -> None:
        super().__init__(
            f"{address} has to be replaced to change {', '.join(fields)}, and the plan did not say "
            "so: the cloud has changed meanwhile, or what it names has",
            hint="run the command again: it plans anew",
        )


class ScenarioBusy(StackloomError):
    """Another command is at work on the scenario."""

    slug = "scenario-busy"
    http_status = 409


class LostLease(StackloomError):
    """Somebody else may work on the scenario by now, so nothing more is sent to the cloud."""

    slug = "lost-lease"
    http_status = 409


class NotServed(StackloomError):
    """A part of the service could not be started, or does not stay up."""

    slug = "not-served"
    http_status = 503


class Moved(UsageError):
    """A saved plan that no longer says what would be done."""

    slug = "moved"
    http_status = 409

    def __init__(self, addresses: Sequence[str]) -> None:
        super().__init__(
            f"the cloud has moved since this plan was saved: {', '.join(addresses)}",
            hint="plan again, look at it, and apply that",
        )


class Occupied(StackloomError):
    """Not deleted, because something that stackloom did not make would have gone with it."""

    slug = "occupied"
    http_status = 409

    def __init__(self, strangers: Sequence[str]) -> None:
        super().__init__(
            f"not deleted: {', '.join(strangers)} would go with it, and is not of this scenario",
            hint="delete that first, or let a scenario have it: stackloom import",
        )


# --- the cloud refused, or could not be asked -----------------------------------------------------


class CloudError(StackloomError):
    """A request to a cloud that did not succeed.

    Attributes:
        method, url: the request, without query strings that hold secrets.
        service: its type in the catalog, such as ``network``; empty where none was asked.
        status: the HTTP status, 0 where there was no answer.
        kind: the service's own name for the error, such as ``IpAddressInUse``; may be empty.
        request_id: ``req-…`` as the service logged it; may be empty.
    """

    exit_code = 3
    http_status = 502
    slug = "cloud"

    def __init__(
        self,
        message: str,
        *,
        method: str = "",
        url: str = "",
        status: int = 0,
        kind: str = "",
        request_id: str = "",
        service: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.service = service
        self.method = method
        self.url = url
        self.status = status
        self.kind = kind
        self.request_id = request_id

    def __str__(self) -> str:
        marks = [f"HTTP {self.status}"] if self.status else []
        marks += [self.request_id] if self.request_id else []
        return self.message + (f" ({', '.join(marks)})" if marks else "")


class Unreachable(CloudError):
    """No connection could be made; nothing was sent."""

    slug = "unreachable"


class InDoubt(CloudError):
    """The request was sent, and whether the cloud acted on it is not known.

    Raised for a lost answer (reset, timeout) and for 502, 503 without ``Retry-After`` and 504 after
    a request that changes something. Look the object up before sending again.
    """

    slug = "in-doubt"


class AuthFailed(CloudError):
    """Keystone did not accept the credentials, or a service the token (401)."""

    slug = "auth-failed"
    http_status = 401


class BadRequest(CloudError):
    """The service understood and refused: 400, 413, 422 and other 4xx."""

    slug = "bad-request"
    http_status = 400


class Forbidden(CloudError):
    """Policy does not allow it (403)."""

    slug = "forbidden"
    http_status = 403


class NotFound(CloudError):
    """It is not there, or not visible to this project (404)."""

    slug = "not-found"
    http_status = 404


class Conflict(CloudError):
    """It clashes with what is there (409, 412)."""

    slug = "conflict"
    http_status = 409


class OverQuota(CloudError):
    """The project's quota does not allow it (403, 409 or 413, by the service's words)."""

    slug = "over-quota"
    http_status = 409


class RateLimited(CloudError):
    """Too many requests (429), also after waiting as told."""

    slug = "rate-limited"
    http_status = 429


class ServerFault(CloudError):
    """The service failed (5xx) on a request that changed nothing, or said so itself (500)."""

    slug = "server-fault"


class BadAnswer(CloudError):
    """The answer is not what the API promises: no JSON, a proxy's page, missing fields."""

    slug = "bad-answer"


class NoEndpoint(CloudError):
    """The token's catalog has no such service, region or interface."""

    slug = "no-endpoint"


# --- waiting, running, the local cloud ------------------------------------------------------------


class WaitFailed(StackloomError):
    """Something did not reach the state that was waited for; carries the last one seen."""

    exit_code = 4
    http_status = 504
    slug = "wait-failed"

    def __init__(self, message: str, *, last: object = None, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.last = last


class TimedOut(WaitFailed):
    """The time was up first."""

    slug = "timed-out"


class WentToError(WaitFailed):
    """The cloud gave up on it: status ERROR."""

    slug = "went-to-error"


class RunFailed(StackloomError):
    """Some steps of an apply or destroy failed; carries every outcome."""

    exit_code = 5
    slug = "run-failed"

    def __init__(self, message: str, *, outcomes: tuple[object, ...] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.outcomes = outcomes


class LocalCloudError(StackloomError):
    """The cloud on this machine could not be installed, started or reached."""

    exit_code = 6
    slug = "local-cloud"


class InstallFailed(LocalCloudError):
    """The OpenStack services could not be installed."""

    slug = "install-failed"


class ProgramDied(LocalCloudError):
    """A program of the local cloud ended by itself.

    Attributes:
        program: its name, such as ``neutron``.
        code: its exit code; negative for a signal.
        tail: the last lines of its log.
    """

    slug = "program-died"

    def __init__(self, program: str, code: int | None, tail: str, *, hint: str = "") -> None:
        ended = "ended" if code is None else f"ended with code {code}"
        super().__init__(f"{program} {ended}; the end of its log:\n{tail}", hint=hint)
        self.program = program
        self.code = code
        self.tail = tail


class NotReady(LocalCloudError):
    """A program runs but did not answer in time."""

    slug = "not-ready"


class Busy(LocalCloudError):
    """Another command is at work on the same local cloud."""

    slug = "busy"
    http_status = 409


class Interrupted(StackloomError):
    """The person pressed Ctrl-C; the message says what was left how."""

    exit_code = 130
    slug = "interrupted"
