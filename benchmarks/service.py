# SPDX-License-Identifier: Apache-2.0
"""What the service costs and bears, beside a script behind Flask: same cloud, same list, same run.

``stackloom serve`` with everything that belongs to it, on a local cloud that is up: its Keystone
and Neutron are real, and on the same processors. Load comes from ``wrk``, which is written in C and
takes next to nothing (Debian: apt-get install wrk); each contestant has one process to answer with.

* a list that goes through to Neutron (``Cache-Control: no-cache``) beside the same asked of Neutron
  itself, turn by turn on connections that stay open: what the service adds;
* the same list out of the cache, and what it has cost the cloud;
* the same again while 500 streams of events are open, and what they see of ten plans;
* the script: Flask and requests, a log-in for each call.

Prints medians and ratios; exits with 1 when a bar is missed::

    scripts/uv run benchmarks/service.py [--seconds 10] [--name local]
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
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bars import Bars
from peers.install import FLASK_PACKAGES, installed
from service_process import COMMAND, ServiceProcess, free_port, service, until_answers

from stackloom.local.access import access

NETWORKS = 20
ROUNDS, PEER_ROUNDS = 200, 30
CONNECTIONS, CALLERS_AT_ONCE = 32, 500
STREAMS, PLANS = 500, 10
LEAST_READS, MOST_P99_MS, MOST_ADDED_MS, MOST_LATE_MS = 1_000.0, 50.0, 10.0, 1_000.0
PATH = "/v1/networks"
_HERE = Path(__file__).parent
_SCENARIO = "scenario: benchmark\nnetworks: {planned: {}}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What ``wrk`` has measured; times in ms."""

    requests: int
    seconds: float
    p50: float
    p99: float
    most: float
    refused: int
    broken: int

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    def __str__(self) -> str:
        return (
            f"{self.per_second:8,.0f} requests/s, median {self.p50:6.2f} ms,"
            f" p99 {self.p99:7.2f} ms, at most {self.most:7.1f} ms"
        )


class Bench:
    """A cloud with networks in it, the service, and who asks them."""

    def __init__(self, environment: Mapping[str, str], seconds: int) -> None:
        self._environment = environment
        self._seconds = seconds
        self._token = self._said("token", "issue", "-f", "value", "-c", "id")
        catalog = json.loads(self._said("catalog", "list", "-f", "json"))
        self._neutron = _public_url(catalog, "network")
        self.bars = Bars()

    def run(self, served: ServiceProcess) -> None:
        through = self._through(served)
        cached = self._cached(served)
        self._at_once(served)
        self._streams(served)
        self._peer(through, cached)

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

    def _through(self, served: ServiceProcess) -> float:
        """Return the median of a list that goes through, in ms."""
        direct, through = Asking(self._neutron, self._token), Asking(served.url, self._token)
        times: dict[str, list[float]] = {"Neutron": [], "through the service": []}
        for _ in range(ROUNDS + 1):  # the first opens connections and does not count
            times["Neutron"].append(direct.ask("/v2.0/networks"))
            times["through the service"].append(through.ask(PATH, anew=True))
        medians = {name: statistics.median(each[1:]) for name, each in times.items()}
        print(f"a list of {NETWORKS} networks and more, one after the other")
        for name, median in medians.items():
            print(f"  {name:<22}{median:8.2f} ms  (median of {ROUNDS})")
        added = medians["through the service"] - medians["Neutron"]
        self.bars.at_most("what the service adds", added, MOST_ADDED_MS, "ms (median)")
        return medians["through the service"]

    def _cached(self, served: ServiceProcess) -> Load:
        before = served.counted("stackloom_list_cache_total", result="miss")
        cached = self._load(served.url)
        cost = served.counted("stackloom_list_cache_total", result="miss") - before
        print(f"the same out of the cache, {CONNECTIONS} connections")
        print(f"  {cached}")
        print(f"  {cached.requests:,} answers have cost the cloud {cost:.0f} requests")
        self._hold(cached, "cached reads")
        return cached

    def _at_once(self, served: ServiceProcess) -> None:
        """Let many ask at once for what is no longer kept."""
        time.sleep(2.5)
        before = served.counted("stackloom_list_cache_total", result="miss")
        load = self._load(served.url, connections=CALLERS_AT_ONCE, seconds=1)
        cost = served.counted("stackloom_list_cache_total", result="miss") - before
        print(f"{CALLERS_AT_ONCE} callers at once, for one second")
        print(f"  {load}")
        self._no_refusals(load)
        self.bars.at_most("what they have cost the cloud", cost, 1.0, "requests")

    def _streams(self, served: ServiceProcess) -> None:
        script = str(_HERE / "event_streams.py")
        command = [sys.executable, script, served.url, str(STREAMS), str(PLANS)]
        environment = {**self._environment, "TOKEN": self._token}
        following = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            assert following.stdout, "it is a pipe"
            assert following.stdout.readline() == "open\n", "not all streams could be opened"
            during = self._load(served.url)
            for _ in range(PLANS):
                self._plan(served)
            found = json.loads(following.stdout.readline())
        finally:
            following.kill()
            following.communicate()
        print(f"{STREAMS} streams of events are open")
        print(f"  the same list meanwhile: {during}")
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

    def _peer(self, through: float, cached: Load) -> None:
        with self._flask() as url:
            asking = Asking(url, self._token)
            asking.ask(PATH)
            median = statistics.median(asking.ask(PATH) for _ in range(PEER_ROUNDS))
            load = self._load(url)
        print("the script behind Flask: requests, a log-in for each call")
        print(f"  one after the other   {median:8.2f} ms  (median of {PEER_ROUNDS})")
        print(f"  {load}")
        print(f"  {median / through:.1f} times the time of a list through the service")
        ratio = cached.per_second / load.per_second
        print(f"  {ratio:,.0f} times as many answers from the service's cache")

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

    def _load(
        self, url: str, *, connections: int = CONNECTIONS, seconds: int | None = None
    ) -> Load:
        command = ["wrk", "--threads", "1", "--connections", str(connections)]
        command += ["--duration", f"{seconds or self._seconds}s", "--timeout", "30s"]
        command += ["--script", str(_HERE / "wrk.lua"), "--header", f"X-Auth-Token: {self._token}"]
        ended = subprocess.run(
            [*command, f"{url}{PATH}"], check=True, capture_output=True, text=True
        )
        return Load(**json.loads(ended.stdout.strip().splitlines()[-1]))

    def _hold(self, load: Load, what: str) -> None:
        self._no_refusals(load)
        self.bars.at_least(what, load.per_second, LEAST_READS, "requests/s")
        self.bars.at_most(f"p99 of {what}", load.p99, MOST_P99_MS, "ms")

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


def _public_url(catalog: list[dict], service: str) -> str:
    endpoints = next(each["Endpoints"] for each in catalog if each["Type"] == service)
    return next(each["url"] for each in endpoints if each["interface"] == "public")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10, help="of each load")
    parser.add_argument("--name", default="local", help="the local cloud's name")
    options = parser.parse_args()
    found = access(options.name)
    if found is None or shutil.which("wrk") is None:
        need = (
            "wrk (Debian: apt-get install wrk)" if found else "the local cloud: stackloom local up"
        )
        print(f"this needs {need}", file=sys.stderr)
        return 1
    bench = Bench({**os.environ, **found.environment("demo")}, options.seconds)
    print(
        f"load of the machine at the start: {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors"
    )
    with bench.networks(), service(found.auth_url) as served:
        bench.run(served)
    return 1 if bench.bars.missed else 0


if __name__ == "__main__":
    sys.exit(main())
