# SPDX-License-Identifier: Apache-2.0
"""What the service refuses by itself; the engine's own errors pass through as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stackloom.errors import Problem, StackloomError
from stackloom.wire.codes import CODES
from stackloom.wire.problem import Source


class Refused(StackloomError):
    """A request that is answered with one of ``wire.codes.CODES``.

    Attributes:
        code: the row, without the prefix: ``plan.stale``.
        source: where in what was sent the reason is.
        problems: of a scenario's texts, each of which becomes an error of its own in the answer.
        headers: go with the answer, such as ``Retry-After``.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        hint: str = "",
        source: Source | None = None,
        problems: Sequence[Problem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        assert code in CODES, f"no such code: {code}"
        super().__init__(message, hint=hint)
        self.code = code
        self.source = source
        self.problems = tuple(problems)
        self.headers = dict(headers or {})

    @property
    def status(self) -> int:
        """The HTTP status."""
        return CODES[self.code].status


def changed_meanwhile(name: str, revision: int, seen: int | None) -> Refused:
    """Return the refusal of a change to a scenario that is not as the caller has seen it."""
    return Refused(
        "etag.mismatch",
        f'scenario "{name}" has revision {revision}, not {seen}',
        hint="read it again, and send the ETag that comes with it",
    )


def not_here(noun: str, id: object) -> Refused:
    """Return the refusal of something that is not there, or is another project's: no telling."""
    return Refused("not-found", f"no {noun} {id} in this project")
