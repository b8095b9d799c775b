# SPDX-License-Identifier: Apache-2.0
"""A request, as far as a route has to know it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from stackloom.service.refusal import Refused

if TYPE_CHECKING:
    from stackloom.service.identity.caller import Caller
    from stackloom.service.operation.desk import Desk
    from stackloom.service.rest.context import Context


_LONGEST_SHOWN = 200
_REQUEST_ID = re.compile(r"req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def shown(text: str) -> str:
    """Return a text of a stranger's so that it can stand in a line of the log, or in an answer."""
    short = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
    return short if short.isprintable() else ascii(short)[1:-1]


def global_id(came_with: str, *, otherwise: str) -> str:
    """Return the id that a caller has given a request, *otherwise* where it is none."""
    return came_with if _REQUEST_ID.fullmatch(came_with) else otherwise


class Asked:
    """Who asks, with which headers, and what the service has at hand to answer.

    Attributes:
        context: what the application opened at its start; `desk` is what operations take of it.
        headers: names in lower case; those of a name given twice are joined by ``, ``.
        request_id, global_request_id: ``req-…``.
        client: the address that asks, behind a proxy the one that it names; "" where unknown.
    """

    __slots__ = (
        "_caller",
        "client",
        "context",
        "global_request_id",
        "headers",
        "method",
        "path",
        "request_id",
    )

    def __init__(
        self,
        context: Context,
        headers: Mapping[str, str],
        *,
        method: str,
        path: str,
        client: str,
        request_id: str,
        global_request_id: str,
    ) -> None:
        self.context = context
        self.headers = headers
        self.method = method
        self.path = path
        self.client = client
        self.request_id = request_id
        self.global_request_id = global_request_id
        self._caller: Caller | None = None

    @property
    def place(self) -> str:
        """Method and path as they may be shown: in one line, and not for ever."""
        return shown(f"{self.method} {self.path}")

    @property
    def caller(self) -> Caller:
        """Who asks; only where the route wants to know (any but `Who.ALL`)."""
        assert self._caller is not None, "a route for all asked who the caller is"
        return self._caller

    @property
    def project_id(self) -> str:
        """The project of who asks, "" as long as that is not known."""
        return self._caller.project_id if self._caller else ""

    @property
    def desk(self) -> Desk:
        """What operations work with."""
        return self.context.desk

    def meet(self, caller: Caller) -> None:
        """Take down who asks."""
        self._caller = caller

    def header(self, name: str) -> str:
        """Return a header, "" where it is not given."""
        return self.headers.get(name, "")

    def revision(self) -> int:
        """Return the number in ``If-Match``.

        Raises:
            Refused: not given, or none that the service gave; ``*`` says nothing about what the
                caller has seen, so it is not taken.
        """
        match = self.header("if-match")
        if not match:
            raise Refused(
                "etag.missing",
                f"{self.place} without If-Match might undo what somebody else did",
                hint="send the ETag of the document that you have read",
            )
        # Behind the dot stands what is known of the cloud: no change of it is a lost update.
        number = match.strip().removeprefix("W/").strip('"').partition(".")[0]
        if not number.isascii() or not number.isdigit() or len(number) > 10:
            raise Refused(
                "etag.mismatch",
                f"If-Match: {match[:100]} is none of its ETags",
                hint="read it again, and send the ETag that comes with it",
            )
        return int(number)
