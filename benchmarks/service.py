# SPDX-License-Identifier: Apache-2.0
"""What the service costs and bears, beside a script behind Flask: same cloud, same list, same run.

``stackloom serve`` with everything that belongs to it, on a local cloud that is up: its Keystone
and Neutron are real, and on the same processors. Load comes from ``wrk``, which is written in C and
takes next to nothing (Debian: apt-get install wrk); who would have asked while an answer was late
counts in its times as well. Each contestant has one process to answer with.

* a list that goes through to Neutron (``Cache-Control: no-cache``), turn by turn with Neutron
  itself and the script (Flask and requests, a log-in for each call): what the service adds;
* the same list for many at once, out of the cache, and what that has cost the cloud;
* 500 who ask at the same moment: one request to the cloud;
* the same while 500 streams of events are open, and what these see of ten plans.

Times on a machine that others use tell of the others as well: how long the service had no processor
is told beside them. Root can measure there all the same: ``--first`` lets REST and ``wrk`` run
before everything else; the cloud, the script and those who watch events stay where they are.

Prints medians and ratios; exits with 1 when a bar is missed::

    scripts/uv run benchmarks/service.py [--rounds 3] [--seconds 8] [--name local] [--first]
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from bars import Bars
from peers.install import FLASK_PACKAGES, installed
from service_process import COMMAND, PRIORITY, ServiceProcess, free_port, service, until_answers

from stackloom.local.access import access

NETWORKS = 20
LISTS = 100
# The script's threads go on for a while with what nobody waits for any more.
SETTLE_SECONDS = 3.0
# Longer than [lists] seconds.
KEPT_SECONDS = 2.5
CONNECTIONS, CALLERS_AT_ONCE = 16, 500
STREAMS, PLANS = 500, 10
LEAST_READS, MOST_P99_MS, MOST_ADDED_MS, MOST_LATE_MS = 1_000.0, 50.0, 10.0, 1_000.0
PATH = "/v1/networks"
SERVICE, SCRIPT = "through the service", "the script behind Flask"
_HERE = Path(__file__).parent
_SCENARIO = "scenario: benchmark\nnetworks: {planned: {}}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What ``wrk`` has measured; times in ms.

    Attributes:
        waited: for which share of the time the service had something to do and no processor for
            it: what else the machine did. That is in all times here.
    """

    requests: int
    seconds: float
    p50: float
    p99: float
    most: float
    refused: int
    broken: int
    waited: float = 0.0

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    def __str__(self) -> str:
        return (
            f"{self.per_second:8,.0f} requests/s, median {self.p50:6.2f} ms,"
            f" p99 {self.p99:7.2f} ms"
            + (f", without a processor {self.waited:4.0%} of the time" if self.waited else "")
        )


class Bench:
    """A cloud with networks in it, the service, and who asks them."""

    def __init__(
        self, environment: Mapping[str, str], seconds: int, rounds: int, *, first: bool
    ) -> None:
        self._environment = environment
        self._seconds = seconds
        self._rounds = rounds
        self._is_first = first
        self._token = self._said("token", "issue", "-f", "value", "-c", "id")
        catalog = json.loads(self._said("catalog", "list", "-f", "json"))
        self._neutron = _public_url(catalog, "network")
        self.bars = Bars()

    def run(self, served: ServiceProcess) -> None:
        if self._is_first:
            served.put_first()
        with self._flask() as script_url:
            self._one_by_one(served, script_url)
            self._loaded(served, script_url)
        self._at_once(served)
        self._streams(served)

    @contextmanager
    def networks(self) -> Iterator[None]:
        """Have some networks in the project."""
        names = [f"benchmark-{number}" for number in range(NETWORKS)]
        try:
            for name in names:
                self._said("network", "create", name)
            yield
        finally:
            self._said("network", "delete", *names)

    def _said(self, *words: str) -> str:
        command = [COMMAND, *words]
        ended = subprocess.run(
            command, env=self._environment, check=True, capture_output=True, text=True
        )
        return ended.stdout.strip()

    # --- what is measured ---

    def _one_by_one(self, served: ServiceProcess, script_url: str) -> None:
        """Ask each in turn, so that whatever else the machine does hits all of them."""
        neutron, service = Asking(self._neutron, self._token), Asking(served.url, self._token)
        script = Asking(script_url, self._token)
        contestants: dict[str, Callable[[], float]] = {
            "Neutron": lambda: neutron.ask("/v2.0/networks"),
            SERVICE: lambda: service.ask(PATH, anew=True),
            SCRIPT: lambda: script.ask(PATH),
        }
        times: dict[str, list[float]] = {name: [] for name in contestants}
        for _ in range(LISTS + 1):  # the first opens connections and does not count
            for name, ask in contestants.items():
                times[name].append(ask())
        medians = {name: statistics.median(each[1:]) for name, each in times.items()}
        print(f"a list of {NETWORKS} networks and more, one after the other, nothing kept")
        for name, median in medians.items():
            print(f"  {name:<24}{median:8.2f} ms  (median of {LISTS})")
        ratio = medians[SCRIPT] / medians[SERVICE]
        print(f"  the script takes {ratio:.1f} times as long as the service")
        added = medians[SERVICE] - medians["Neutron"]
        self.bars.at_most("what the service adds", added, MOST_ADDED_MS, "ms (median)")

    def _loaded(self, served: ServiceProcess, script_url: str) -> None:
        """Let many ask, in turn the service, which keeps the list, and the script."""
        before = served.counted("stackloom_list_cache_total", result="miss")
        cached, script = [], []
        for _ in range(self._rounds):
            cached.append(self._loaded_service(served))
            script.append(self._load(script_url))
            time.sleep(SETTLE_SECONDS)
        cost = served.counted("stackloom_list_cache_total", result="miss") - before
        print(
            f"the same on {CONNECTIONS} connections, {self._rounds} rounds, the list kept for 2 s"
        )
        for name, loads in ((SERVICE, cached), (SCRIPT, script)):
            for load in loads:
                print(f"  {name:<24}{load}")
        answers = sum(load.requests for load in cached)
        print(f"  {answers:,} answers of the service have cost the cloud {cost:.0f} requests")
        ratio = _median(cached, "per_second") / _median(script, "per_second")
        print(f"  {ratio:,.0f} times as many answers as from the script")
        self._hold(cached, "cached reads")

    def _at_once(self, served: ServiceProcess) -> None:
        """Let many ask at once for what is no longer kept."""
        time.sleep(KEPT_SECONDS)
        before = served.counted("stackloom_list_cache_total", result="miss")
        script = str(_HERE / "at_once.py")
        command = [sys.executable, script, f"{served.url}{PATH}", str(CALLERS_AT_ONCE)]
        environment = {**self._environment, "TOKEN": self._token}
        ended = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        cost = served.counted("stackloom_list_cache_total", result="miss") - before
        last = json.loads(ended.stdout)["last"]
        print(f"{CALLERS_AT_ONCE} callers at the same moment, nothing kept")
        print(f"  the last has its answer after {last:.0f} ms")
        self.bars.at_most("what they have cost the cloud", cost, 1.0, "requests")

    def _streams(self, served: ServiceProcess) -> None:
        script = str(_HERE / "event_streams.py")
        command = [sys.executable, script, served.url, str(STREAMS), str(PLANS)]
        environment = {**self._environment, "TOKEN": self._token}
        following = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            assert following.stdout, "it is a pipe"
            assert following.stdout.readline() == "open\n", "not all streams could be opened"
            during = [self._loaded_service(served) for _ in range(self._rounds)]
            for _ in range(PLANS):
                self._plan(served)
            found = json.loads(following.stdout.readline())
        finally:
            following.kill()
            following.communicate()
        print(f"{STREAMS} streams of events are open")
        for load in during:
            print(f"  the same list meanwhile {load}")
        print(
            f"  each saw the {found['events']} events of {PLANS} plans, after"
            f" {found['p50']:.1f} ms (median), {found['p99']:.1f} ms (p99),"
            f" {found['most']:.1f} ms at most"
        )
        self._hold(during, f"cached reads beside {STREAMS} streams")
        self.bars.at_most("streams that lost events or their order", found["wrong"], 0, "streams")
        self.bars.at_most("p99 of an event's way", found["p99"], MOST_LATE_MS, "ms")

    def _plan(self, served: ServiceProcess) -> None:
        place = urlsplit(served.url)
        connection = http.client.HTTPConnection(place.netloc)
        body = json.dumps({"source": {"text": _SCENARIO}})
        headers = {"X-Auth-Token": self._token, "Content-Type": "application/json"}
        connection.request("POST", "/v1/plans", body, headers)
        answer = connection.getresponse()
        assert answer.status == 202, answer.read().decode()
        connection.close()

    @contextmanager
    def _flask(self) -> Iterator[str]:
        port = free_port()
        python = str(installed("flask-peer", FLASK_PACKAGES) / "python")
        process = subprocess.Popen(
            [python, str(_HERE / "peers" / "flask_list.py"), str(port)],
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            until_answers(f"http://127.0.0.1:{port}{PATH}", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()

    # --- with what ---

    def _loaded_service(self, served: ServiceProcess, **how: int) -> Load:
        Asking(served.url, self._token).ask(PATH)  # so that it is kept at the beginning
        before = served.waited_seconds()
        load = self._load(served.url, **how)
        return replace(load, waited=(served.waited_seconds() - before) / load.seconds)

    def _load(
        self, url: str, *, connections: int = CONNECTIONS, seconds: int | None = None
    ) -> Load:
        command = ["chrt", "--fifo", str(PRIORITY)] if self._is_first else []
        command += ["wrk", "--threads", "1", "--connections", str(connections)]
        command += ["--duration", f"{seconds or self._seconds}s", "--timeout", "30s"]
        command += ["--script", str(_HERE / "wrk.lua"), "--header", f"X-Auth-Token: {self._token}"]
        ended = subprocess.run(
            [*command, f"{url}{PATH}"], check=True, capture_output=True, text=True
        )
        return Load(**json.loads(ended.stdout.strip().splitlines()[-1]))

    def _hold(self, loads: list[Load], what: str) -> None:
        for load in loads:
            self._no_refusals(load)
        reads, p99 = _median(loads, "per_second"), _median(loads, "p99")
        self.bars.at_least(what, reads, LEAST_READS, "requests/s")
        self.bars.at_most(f"p99 of {what}", p99, MOST_P99_MS, "ms")

    def _no_refusals(self, load: Load) -> None:
        assert not load.refused, f"{load.refused} answers were no success"
        assert not load.broken, f"{load.broken} requests had no answer"


class Asking:
    """Asks one question after the other on one connection."""

    def __init__(self, url: str, token: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc)
        self._token = token

    def ask(self, path: str, *, anew: bool = False) -> float:
        """Return how long an answer took, in ms."""
        headers = {"X-Auth-Token": self._token}
        if anew:
            headers["Cache-Control"] = "no-cache"
        started = time.perf_counter()
        self._connection.request("GET", path, headers=headers)
        answer = self._connection.getresponse()
        body = answer.read()
        seconds = time.perf_counter() - started
        assert answer.status == 200, body.decode()
        assert len(json.loads(body)["networks"]) >= NETWORKS, "all of them are listed"
        return seconds * 1e3


def _median(loads: list[Load], what: str) -> float:
    return statistics.median(getattr(load, what) for load in loads)


def _public_url(catalog: list[dict], service: str) -> str:
    endpoints = next(each["Endpoints"] for each in catalog if each["Type"] == service)
    return next(each["url"] for each in endpoints if each["interface"] == "public")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=8, help="of each load")
    parser.add_argument("--name", default="local", help="the local cloud's name")
    parser.add_argument("--first", action="store_true", help="REST and wrk run first; for root")
    options = parser.parse_args()
    found = access(options.name)
    if found is None or shutil.which("wrk") is None:
        need = (
            "wrk (Debian: apt-get install wrk)" if found else "the local cloud: stackloom local up"
        )
        print(f"this needs {need}", file=sys.stderr)
        return 1
    environment = {**os.environ, **found.environment("demo")}
    bench = Bench(environment, options.seconds, options.rounds, first=options.first)
    print(
        f"load of the machine at the start: {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors"
    )
    with bench.networks(), service(found.auth_url) as served:
        bench.run(served)
    return 1 if bench.bars.missed else 0


if __name__ == "__main__":
    sys.exit(main())
