# SPDX-License-Identifier: Apache-2.0
"""One request, one answer: retries what is safe, names what is in doubt, raises what was refused.

The only place in stackloom that sends a request twice. What is safe to send again:

* anything that never reached the server (``NotSent``), and anything refused *before* it was acted
  on: 429, and 503 with ``Retry-After``;
* any GET or HEAD; one whose answer never comes whole is a ``ServerFault``.

A POST, PUT or DELETE whose answer was lost, or that met 502, 503 without ``Retry-After`` or 504, is
raised as ``InDoubt``: the caller looks the object up before it sends again. keystoneauth and
gophercloud repeat such requests blindly, which is how clouds get duplicates.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from stackloom.errors import CloudError, InDoubt, ServerFault, Unreachable
from stackloom.log import Log
from stackloom.transport.client import Answer, Lost, NotSent, Request, Transport
from stackloom.transport.refusal import refusal, request_id, service_name
from stackloom.transport.waiting import LoopTurns, Sleep, Turns, loop_sleep

if TYPE_CHECKING:
    from stackloom.transport.meter import Meter

log = Log(__name__)
TIMING_LOG = "stackloom-timing"
# For whoever wants the times and nothing else: method, URL and seconds of each request.
timing = Log(TIMING_LOG, propagates=False)

# Told of each request that was sent: by whom it is answered, its answer, None where that was lost,
# and seconds. A service counts and traces with them.
Watch = Callable[[Request, str, "Answer | None", float], None]
WATCHES: list[Watch] = []

# Four tries over about 3.5 s ride out a service that restarts, and tell a person soon enough that
# it does not.
MOST_TRIES = 4
FIRST_PAUSE_SECONDS = 0.5
# Nobody waits longer than this for a Retry-After; the message then tells what the service asked.
LONGEST_RETRY_AFTER_SECONDS = 60.0

_SAFE_METHODS = frozenset({"GET", "HEAD"})
_GATEWAY_STATUSES = frozenset({502, 503, 504})
_SECRET_HEADERS = frozenset(
    {"x-auth-token", "x-subject-token", "openstack-auth-receipt", "authorization"}
)


class Exchange:
    """Asks one question at a time of many servers, through one transport.

    Args:
        sleep: how pauses are spent; tests pass their own.
        turns: how turns are taken: those of asyncio, or of a program that is alone.
        connections: how many requests may be under way at once, over all services.
        meter: is told how long each answer took.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        sleep: Sleep = loop_sleep,
        turns: Turns = LoopTurns,
        connections: int = 16,
        meter: Meter | None = None,
    ) -> None:
        self.meter = meter
        self._transport = transport
        self._sleep = sleep
        self._turns = turns
        self._slots = turns(connections)
        self._servers_seen: set[str] = set()
        self.requests_sent = 0

    async def ask(
        self, request: Request, *, service: str = "", accepted: Collection[int] = ()
    ) -> Answer:
        """Send *request* and return its answer if it is a success or a list of versions (300).

        Args:
            accepted: more statuses that the caller can read.

        Raises:
            Unreachable: never connected.
            InDoubt: sent, and the outcome is not known.
            CloudError: the service refused, or failed on a GET; the leaf says how.
        """
        for attempt in range(1, MOST_TRIES + 1):
            last_try = attempt == MOST_TRIES
            try:
                answer = await self._send(request, service)
            except NotSent as error:
                if last_try or not self._may_recover(request, error):
                    raise _unreachable(request, service, error) from error
                pause = _backoff(attempt)
            except Lost as error:
                if request.method not in _SAFE_METHODS:
                    raise _in_doubt(request, service, f"the answer was lost: {error}") from error
                if last_try:
                    raise _cut_off(request, service, error) from error
                pause = _backoff(attempt)
            else:
                if answer.status <= 300 or answer.status in accepted:
                    return answer
                pause_or_none = _pause_before_retry(request, answer, attempt)
                if pause_or_none is None or last_try:
                    raise self._refused(request, answer, service)
                pause = pause_or_none
            log.info("request_again %s %s in %.1f s", request.method, request.url, pause)
            await self._sleep(pause)
        raise AssertionError("the last try returns or raises")

    async def close(self) -> None:
        """Give the connections back."""
        await self._transport.close()

    def allow(self, connections: int) -> None:
        """Let so many requests be under way from now on; those that are go on."""
        self._slots = self._turns(connections)

    async def _send(self, request: Request, service: str) -> Answer:
        async with self._slots:
            self.requests_sent += 1
            at_once = self.meter.begin(service) if self.meter else 0
            started = time.monotonic()
            if log.tells_debug():
                log.debug("REQ: %s", curl_line(request))
            received: Answer | None = None
            try:
                answer = received = await self._transport.send(request)
            finally:
                seconds = time.monotonic() - started
                timing.info("%s %s %f", request.method, request.url, seconds)
                for watch in WATCHES:
                    watch(request, service, received, seconds)
                if self.meter:
                    self.meter.end(service)
            later = _was_put_off(answer)
            if self.meter and (later or answer.status < 400):
                sort = self.meter.sort(request.method, request.url)
                self.meter.note(service, sort, seconds, at_once, later=later)
            self._servers_seen.add(_server(request))
            log.debug(
                "RESP: [%s] %s %s %.3f s, %d bytes, %s",
                answer.status,
                request.method,
                request.url,
                seconds,
                len(answer.body),
                request_id(answer.headers),
            )
            return answer

    def _may_recover(self, request: Request, error: NotSent) -> bool:
        """Tell whether trying again may help: only a server that answered before may be restarting.

        A person whose cloud is down, or who mistyped its address, is told at once.
        """
        return _server(request) in self._servers_seen and "certificate" not in str(error).lower()

    def _refused(self, request: Request, answer: Answer, service: str) -> CloudError:
        unsafe = request.method not in _SAFE_METHODS
        if unsafe and answer.status in _GATEWAY_STATUSES and not _was_put_off(answer):
            return _in_doubt(request, service, f"a gateway answered {answer.status}", answer)
        return refusal(answer, method=request.method, url=request.url, service=service)


def curl_line(request: Request) -> str:
    """Show a request as the ``curl`` command that repeats it, secrets hashed, body not shown."""
    shown: Mapping[str, str] = {
        name: _hashed(value) if name.lower() in _SECRET_HEADERS else value
        for name, value in request.headers.items()
    }
    headers = " ".join(f'-H "{name}: {value}"' for name, value in shown.items())
    body = f" # {len(request.body)} bytes of body" if request.body else ""
    return f"curl -g -i -X {request.method} {headers} '{request.url}'{body}"


def _hashed(secret: str) -> str:
    """Return what tells two tokens apart and is none, as keystoneauth writes it."""
    import hashlib  # noqa: PLC0415 - 2 ms for OpenSSL; only --debug shows requests

    return f"{{SHA256}}{hashlib.sha256(secret.encode()).hexdigest()}"


def _server(request: Request) -> str:
    return urlsplit(request.url).netloc


def _was_put_off(answer: Answer) -> bool:
    """Tell whether it was refused before anything was done, to be asked again later."""
    return answer.status == 429 or (answer.status == 503 and "retry-after" in answer.headers)


def _pause_before_retry(request: Request, answer: Answer, attempt: int) -> float | None:
    """Return the seconds to wait before sending again, or None where that is not safe or useful."""
    wanted = _retry_after_seconds(answer)
    if _was_put_off(answer):
        pause = _backoff(attempt) if wanted is None else wanted
        return pause if pause <= LONGEST_RETRY_AFTER_SECONDS else None
    if answer.status in _GATEWAY_STATUSES and request.method in _SAFE_METHODS:
        return _backoff(attempt)
    return None


def _retry_after_seconds(answer: Answer) -> float | None:
    """Read ``Retry-After`` in seconds; its form as a date is answered with our own pause."""
    value = answer.headers.get("retry-after")
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        return FIRST_PAUSE_SECONDS * 2


def _backoff(attempt: int) -> float:
    """Pause 0.5, 1, 2 s after the first, second, third try, less up to a fifth."""
    import random  # noqa: PLC0415 - where nothing fails, nothing is left to chance

    jitter = 1.0 - random.random() / 5  # noqa: S311 - spreads load, guards nothing
    return float(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1) * jitter)


def _unreachable(request: Request, service: str, error: NotSent) -> Unreachable:
    return Unreachable(
        f"{service_name(service)} at {request.url.split('?')[0]} cannot be reached: {error}",
        method=request.method,
        url=request.url,
        service=service,
        hint=_tls_hint(str(error))
        or "is the cloud up, and the address right? For the local one: stackloom local status",
    )


# {what rustls or OpenSSL say: what to do}
_TLS_HINTS = {
    ("expired",): "the server's certificate has expired; its operator has to renew it",
    ("not valid for", "mismatch"): (
        "the certificate is for other names than the address has; names count only in its "
        "subjectAltName"
    ),
    ("UnknownIssuer", "issuer", "self-signed"): (
        "give the certificate of the CA: cacert in clouds.yaml, or OS_CACERT"
    ),
    ("fatal alert", "ALERT"): (
        "the server wants a certificate of yours: cert and key in clouds.yaml, or OS_CERT and "
        "OS_KEY"
    ),
}


def _tls_hint(reason: str) -> str:
    """Return what to do about a certificate, empty where that is not what failed."""
    if "certificate" not in reason.lower() and "alert" not in reason.lower():
        return ""
    for words, hint in _TLS_HINTS.items():
        if any(word in reason for word in words):
            return hint
    return ""


def _cut_off(request: Request, service: str, error: Lost) -> ServerFault:
    return ServerFault(
        f"{service_name(service)} did not answer {request.method} "
        f"{request.url.split('?')[0]}: {error}",
        method=request.method,
        url=request.url,
        service=service,
        hint="nothing was changed; run the command again",
    )


def _in_doubt(request: Request, service: str, reason: str, answer: Answer | None = None) -> InDoubt:
    return InDoubt(
        f"{service_name(service)} may have done {request.method} {request.url}, or not: {reason}",
        method=request.method,
        url=request.url,
        service=service,
        status=answer.status if answer else 0,
        request_id=request_id(answer.headers) if answer else "",
        hint="look whether it was done before asking again",
    )
