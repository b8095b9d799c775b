# SPDX-License-Identifier: Apache-2.0
"""What is counted of the service, for Prometheus; each process counts for itself.

Whoever has something to count calls ``METRICS``. No project, user or scenario is a label: their
number has no bound. What a project does is in the log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Literal

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

from stackloom.transport.client import Answer, Request

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# Answers take from 1 ms; runs from seconds to hours.
_REQUEST_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_RUN_SECONDS = (1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400)

# What callers make up is no label. RPC is that of each call over gRPC.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "RPC"})
_JOB_STATES = ("queued", "active")
# A second series beside each counter, with the moment at which it began: nobody asked for it.
disable_created_metrics()  # type: ignore[no-untyped-call] # it has no annotations


class Metrics:
    """Everything that one process counts."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        GCCollector(registry=self._registry)
        self._runs = self._counter(
            "runs", "Plans, runs and checks that have ended", "operation", "state"
        )
        self._run_seconds = self._histogram(
            "run_seconds", "From its beginning to its end", _RUN_SECONDS, "operation"
        )
        self._takeovers = self._counter("takeovers", "Jobs taken over from another worker")
        self._jobs = self._gauge("jobs", "Jobs that wait or are worked on, anywhere", "state")
        self._oldest = self._gauge("oldest_job_seconds", "How long the first in the queue waits")
        self._cloud_requests = self._counter(
            "cloud_requests", "Requests to the cloud; status 0: no answer", "service", "status"
        )
        self._cloud_seconds = self._histogram(
            "cloud_request_seconds", "Until the cloud's answer", _REQUEST_SECONDS, "service"
        )
        self._requests = self._counter("requests", "Requests answered", "route", "method", "status")
        self._request_seconds = self._histogram(
            "request_seconds", "Until the answer was sent", _REQUEST_SECONDS, "route"
        )
        self._lists = self._counter("list_cache", "Lists asked for, by who answered", "result")
        self._identities = self._counter(
            "identity_cache", "Tokens validated, by who answered", "result"
        )
        self._webhooks = self._counter("webhooks", "Webhooks sent", "result")
        self._streams = self._gauge("streams", "Streams of events that are open")
        self._pool = self._gauge("database_pool", "Connections to the database", "state")

    def run_ended(self, operation: str, state: str, seconds: float) -> None:
        """Count a plan, run or check that has come to its end.

        Args:
            operation: ``apply``, ``destroy``, ``check`` or ``plan``.
            seconds: since it was first taken by a worker.
        """
        self._runs.labels(operation, state).inc()
        self._run_seconds.labels(operation).observe(seconds)

    def taken_over(self) -> None:
        """Count a job that another worker had begun."""
        self._takeovers.inc()

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request that was answered; *route* as routes have it, ``/v1/plans/{id}``."""
        known = method if method in _METHODS else "other"
        self._requests.labels(route, known, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def cloud_request(
        self, _request: Request, service: str, answer: Answer | None, seconds: float
    ) -> None:
        """Count a request to the cloud; one of ``transport.exchange.WATCHES``."""
        name = service or "other"
        self._cloud_requests.labels(name, str(answer.status if answer else 0)).inc()
        self._cloud_seconds.labels(name).observe(seconds)

    def list_asked(self, result: Literal["hit", "shared", "miss"]) -> None:
        """Count a list: from memory, with the answer that another waits for, from the cloud."""
        self._lists.labels(result).inc()

    def identity_asked(self, result: Literal["hit", "shared", "miss"]) -> None:
        """Count a token, likewise."""
        self._identities.labels(result).inc()

    def webhook_sent(self, result: Literal["delivered", "again", "given_up"]) -> None:
        """Count a delivery of a webhook that was tried."""
        self._webhooks.labels(result).inc()

    def watch_streams(self, number: Callable[[], float]) -> None:
        """Have *number* tell how many streams are open, whenever somebody looks."""
        self._streams.set_function(number)

    def watch_pool(self, stats: Callable[[], Mapping[str, int]]) -> None:
        """Have *stats* tell of the connections, whenever somebody looks.

        Args:
            stats: ``get_stats`` of psycopg's pool.
        """
        for state, number in _POOL_STATES.items():
            self._pool.labels(state).set_function(partial(_told, number, stats))

    def jobs(self, numbers: Mapping[str, int], oldest_seconds: float) -> None:
        """Note how many jobs there are in each state, and how long the first has waited."""
        for state in _JOB_STATES:
            self._jobs.labels(state).set(numbers.get(state, 0))
        self._oldest.set(oldest_seconds)

    def value(self, name: str, **labels: str) -> float | None:
        """Return one value, None where it was never counted."""
        return self._registry.get_sample_value(f"stackloom_{name}", labels)

    def text(self) -> bytes:
        """Return everything, as Prometheus reads it (``CONTENT_TYPE``)."""
        return generate_latest(self._registry)

    def _counter(self, name: str, help: str, *labels: str) -> Counter:
        return Counter(f"stackloom_{name}", help, labels, registry=self._registry)

    def _gauge(self, name: str, help: str, *labels: str) -> Gauge:
        return Gauge(f"stackloom_{name}", help, labels, registry=self._registry)

    def _histogram(
        self, name: str, help: str, buckets: tuple[float, ...], *labels: str
    ) -> Histogram:
        return Histogram(
            f"stackloom_{name}", help, labels, buckets=buckets, registry=self._registry
        )


def _told(
    number: Callable[[Mapping[str, int]], int], stats: Callable[[], Mapping[str, int]]
) -> float:
    return number(stats())


# What psycopg calls them (psycopg_pool/base.py, 3.3); what is 0 is left out there.
_POOL_STATES: Mapping[str, Callable[[Mapping[str, int]], int]] = {
    "idle": lambda stats: stats.get("pool_available", 0),
    "used": lambda stats: stats.get("pool_size", 0) - stats.get("pool_available", 0),
    "waiting": lambda stats: stats.get("requests_waiting", 0),
}

METRICS = Metrics()
"""Those of this process."""
