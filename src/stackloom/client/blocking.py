# SPDX-License-Identifier: Apache-2.0
"""The service for plain scripts: the same methods without an event loop.

The coroutines of ``Client`` are run one after the other, each request blocks. Only events come from
a thread of their own, which carries the bytes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from queue import Queue
from threading import Thread
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from msgspec import UNSET, UnsetType

from stackloom.client.asking import Asking, TokenSource, fixed
from stackloom.client.client import Client
from stackloom.client.connection import PATIENCE_SECONDS
from stackloom.client.following import BREAKS
from stackloom.client.subjects import Source, ready
from stackloom.client.watching import Number, OtherEvent, Watch
from stackloom.log import Secret
from stackloom.transport.blocking import AloneTurns, BlockingTransport, blocking_sleep, run_alone
from stackloom.transport.client import Tls
from stackloom.transport.exchange import Exchange
from stackloom.wire.caller import Whoami
from stackloom.wire.event import Event
from stackloom.wire.plan import Credential, Plan, PlanOperation, PlanState
from stackloom.wire.resource import Output, Resource
from stackloom.wire.run import Run, RunState
from stackloom.wire.scenario import Check, Condition, Revision, Scenario, Validation

Events = Iterator[Event | OtherEvent]


class BlockingClient:
    """Asks a service; a ``with``. Not for several threads; see ``Client`` for what each does."""

    def __init__(
        self,
        url: str,
        *,
        token: str | Secret | TokenSource,
        tls: Tls | None = None,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._url, self._tls, self._patience = url, tls, patience_seconds
        self._token = fixed(token) if isinstance(token, str | Secret) else token
        self._client = Client(
            url,
            token=self._token,
            transport=BlockingTransport(tls=tls),
            turns=AloneTurns,
            sleep=blocking_sleep,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        run_alone(self._client.close())

    def whoami(self) -> Whoami:
        """Return who asks, for which project, and what they may."""
        return run_alone(self._client.whoami())

    # --- scenarios --------------------------------------------------------------------------------

    def scenarios(
        self,
        *,
        name: str | None = None,
        tags: Sequence[str] = (),
        condition: Condition | None = None,
    ) -> list[Scenario]:
        """Return the scenarios of the project."""
        return run_alone(self._client.scenarios(name=name, tags=tags, condition=condition))

    def scenario(self, name_or_id: str | UUID) -> Scenario:
        """Return one scenario."""
        return run_alone(self._client.scenario(name_or_id))

    def create_scenario(
        self, source: Source, *, tags: Sequence[str] = (), check: Check | None = None
    ) -> Scenario:
        """Have the service keep a scenario; its name is the one in the text."""
        return run_alone(self._client.create_scenario(source, tags=tags, check=check))

    def replace_scenario(
        self,
        scenario: Scenario,
        source: Source,
        *,
        tags: Sequence[str] | None = None,
        check: Check | UnsetType | None = UNSET,
    ) -> Scenario:
        """Give a scenario other texts; tags and check stay unless they are given."""
        return run_alone(self._client.replace_scenario(scenario, source, tags=tags, check=check))

    def keep_scenario(self, source: Source) -> Scenario:
        """Have the service keep these texts under the name in them, new or in place of others."""
        return run_alone(self._client.keep_scenario(source))

    def delete_scenario(self, scenario: Scenario, *, destroy: bool = False) -> Run | None:
        """Have the service forget a scenario; with *destroy*, what it has in the cloud too."""
        return run_alone(self._client.delete_scenario(scenario, destroy=destroy))

    def validate(self, source: Source) -> Validation:
        """Return everything that is wrong with a scenario."""
        return run_alone(self._client.validate(source))

    def revisions(self, scenario: UUID) -> list[Revision]:
        """Return the texts that a scenario has had, the newest first."""
        return run_alone(self._client.revisions(scenario))

    def revision(self, scenario: UUID, number: int) -> Revision:
        """Return one text of a scenario."""
        return run_alone(self._client.revision(scenario, number))

    def resources(
        self, scenario: UUID, *, kind: str | None = None, condition: str | None = None
    ) -> list[Resource]:
        """Return what a scenario has in the cloud, as its last run or check saw it."""
        return run_alone(self._client.resources(scenario, kind=kind, condition=condition))

    def outputs(self, scenario: UUID) -> tuple[Output, ...]:
        """Return what a scenario tells, as of its last apply."""
        return run_alone(self._client.outputs(scenario))

    def graph(
        self,
        scenario: UUID | None,
        format: str = "svg",
        *,
        overlay: str | None = None,
        theme: str | None = None,
        expand: bool = False,
    ) -> bytes:
        """Return the picture of a scenario, or of all that the project has in the cloud."""
        drawing = self._client.graph(scenario, format, overlay=overlay, theme=theme, expand=expand)
        return run_alone(drawing)

    def draw(
        self,
        source: Source,
        format: str = "svg",
        *,
        theme: str | None = None,
        expand: bool = False,
    ) -> bytes:
        """Return the picture of a text that the service need not keep."""
        return run_alone(self._client.draw(source, format, theme=theme, expand=expand))

    # --- plans ------------------------------------------------------------------------------------

    def plan(
        self,
        subject: Source | UUID,
        *,
        operation: PlanOperation = "apply",
        revision: int | None = None,
        secrets: Mapping[str, str] | None = None,
        credential: Credential | None = None,
    ) -> Plan:
        """Ask for a plan; ``until_planned`` waits for it."""
        return run_alone(
            self._client.plan(
                subject,
                operation=operation,
                revision=revision,
                secrets=secrets,
                credential=credential,
            )
        )

    def planned(self, plan: UUID) -> Plan:
        """Return a plan as it is by now."""
        return run_alone(self._client.planned(plan))

    def until_planned(self, plan: Plan) -> Plan:
        """Wait until a plan is ready, and return it with all its steps."""
        for _ in self.plan_events(plan.id):
            pass
        return ready(self.planned(plan.id))

    def plans(self, *, scenario: UUID | None = None, state: PlanState | None = None) -> list[Plan]:
        """Return the plans of the project, without their steps."""
        return run_alone(self._client.plans(scenario=scenario, state=state))

    def cancel_plan(self, plan: UUID) -> None:
        """Call a plan off."""
        run_alone(self._client.cancel_plan(plan))

    # --- runs -------------------------------------------------------------------------------------

    def apply(
        self,
        subject: Plan | UUID,
        *,
        auto_approve: bool = True,
        secrets: Mapping[str, str] | None = None,
        credential: Credential | None = None,
    ) -> Run:
        """Have a plan carried out, or whatever a scenario needs by now."""
        return run_alone(
            self._client.apply(
                subject, auto_approve=auto_approve, secrets=secrets, credential=credential
            )
        )

    def destroy(
        self,
        name_or_id: str | UUID,
        *,
        auto_approve: bool = True,
        credential: Credential | None = None,
    ) -> Run:
        """Have everything deleted that a scenario has in the cloud; the scenario stays."""
        return run_alone(
            self._client.destroy(name_or_id, auto_approve=auto_approve, credential=credential)
        )

    def check(
        self,
        name_or_id: str | UUID,
        *,
        secrets: Mapping[str, str] | None = None,
        credential: Credential | None = None,
    ) -> Run:
        """Have a scenario compared with the cloud; what differs comes as events."""
        return run_alone(self._client.check(name_or_id, secrets=secrets, credential=credential))

    def run(self, run: UUID) -> Run:
        """Return a run as it is by now."""
        return run_alone(self._client.run(run))

    def runs(self, *, scenario: UUID | None = None, state: RunState | None = None) -> list[Run]:
        """Return the runs of the project."""
        return run_alone(self._client.runs(scenario=scenario, state=state))

    def approve(self, run: UUID) -> Run:
        """Let a run that has been planned go on."""
        return run_alone(self._client.approve(run))

    def cancel(self, run: UUID) -> Run:
        """Let a run stop: what is under way is ended, nothing more is begun."""
        return run_alone(self._client.cancel(run))

    def retry(
        self,
        run: UUID,
        *,
        secrets: Mapping[str, str] | None = None,
        credential: Credential | None = None,
    ) -> Run:
        """Repeat a run that has ended; return the new one."""
        return run_alone(self._client.retry(run, secrets=secrets, credential=credential))

    def until_ended(self, run: UUID) -> Run:
        """Wait until a run has ended, and return it."""
        for _ in self.events(run):
            pass
        return self.run(run)

    # --- events -----------------------------------------------------------------------------------

    def events(self, run: UUID, after: int = 0) -> Events:
        """Return the events of a run as they happen, until it has ended."""
        return self._following(f"/v1/runs/{run}/events", "seq", after)

    def plan_events(self, plan: UUID, after: int = 0) -> Events:
        """Return the events of a plan as they happen, until it is made."""
        return self._following(f"/v1/plans/{plan}/events", "seq", after)

    def project_events(self, after: int = 0, *, scenario: UUID | None = None) -> Events:
        """Return the events of the whole project, or of one scenario, for ever."""
        path = "/v1/events" + (f"?scenario_id={scenario}" if scenario else "")
        return self._following(path, "position", after)

    def _following(self, path: str, number: Number, after: int) -> Events:
        watch = Watch(number, after)
        last_seen = time.monotonic()
        while True:
            line = _Line(self._asking_once, path, watch)
            try:
                for piece in line.pieces():
                    last_seen = time.monotonic()
                    yield from watch.take(piece)
                if watch.is_over:
                    return
            except BREAKS:
                if time.monotonic() - last_seen > self._patience:
                    raise
            finally:
                line.leave()
            time.sleep(watch.retry_seconds)

    def _asking_once(self) -> Asking:
        """Return what asks with a connection of its own, for another thread."""
        transport = BlockingTransport(tls=self._tls)
        exchange = Exchange(transport, sleep=blocking_sleep, turns=AloneTurns)
        return Asking(self._url, self._token, exchange, sleep=blocking_sleep)

    # --- what the cloud lists ---------------------------------------------------------------------

    def networks(self, **query: object) -> list[dict[str, Any]]:
        """Return the project's networks, as Neutron says them."""
        return run_alone(self._client.networks(**query))

    def servers(self, **query: object) -> list[dict[str, Any]]:
        """Return the project's servers, as Nova says them."""
        return run_alone(self._client.servers(**query))

    def images(self, **query: object) -> list[dict[str, Any]]:
        """Return the project's images, as Glance says them."""
        return run_alone(self._client.images(**query))

    def flavors(self, **query: object) -> list[dict[str, Any]]:
        """Return the flavors, as Nova says them."""
        return run_alone(self._client.flavors(**query))


class _Left(Exception):
    """Nobody watches any more."""


class _Line:
    """One line to the service, carried by a thread that ends with it, or with the program."""

    def __init__(self, asking: Callable[[], Asking], path: str, watch: Watch) -> None:
        self._queue: Queue[bytes | Exception | None] = Queue()
        self._watch = watch
        self._has_left = False
        self._asking = asking
        self._path = path
        Thread(target=self._run, name="stackloom-events", daemon=True).start()

    def _run(self) -> None:
        ended: Exception | None = None
        try:
            run_alone(self._carry())
        except _Left:
            pass
        except Exception as error:  # noqa: BLE001 - it is raised where the pieces are waited for
            ended = error
        finally:
            self._queue.put(ended)

    async def _carry(self) -> None:
        headers = {"Last-Event-ID": str(self._watch.after)} if self._watch.after else {}
        await self._asking().stream(self._path, self, headers)

    def begin(self) -> None:
        """Take note that a line was made; part of ``Sink``."""
        self._watch.begin()

    def write(self, piece: bytes) -> None:
        """Take the next piece; part of ``Sink``."""
        if self._has_left:
            raise _Left
        self._queue.put(piece)

    def pieces(self) -> Iterator[bytes]:
        """Return what arrives, until the line ends; raise what has ended it."""
        while (piece := self._queue.get()) is not None:
            if isinstance(piece, Exception):
                raise piece
            yield piece

    def leave(self) -> None:
        """Let the thread end with the next piece, which is 15 s away at most."""
        self._has_left = True
