# SPDX-License-Identifier: Apache-2.0
"""What weaving a scenario costs, beside those who do it by script: everything in one run.

The peers are in ``peers/``: openstacksdk one thing after the other, openstacksdk with 25 threads,
and the best that we could write by hand for this one job. Two jobs: two networks, a router and a
server on each (``two``); 25 networks with a server each on one router (``many``). On a stub API
that is 150 ms away (``stub_cloud/``), and on the local cloud with and without such a latency. Then
plans of up to 10,000 resources. Prints tables with ratios; exits with 1 when a bar is missed::

    scripts/uv run benchmarks/scenario.py [--only stub-two] [--rounds 3] [--timeline]

Critical path: the longest chain of requests of which each needs an answer of the one before it,
whatever the tool: log in, look at what is there, networks, subnets (they name their network),
server (its network must have a subnet), each at the stub's latency, and the time that a server
builds. The poll that sees it ready is on its way meanwhile. Destroy: log in, look, server, and once
it is gone, its network (which takes the subnet with it).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bars import Bars
from peers.install import installed
from peers.measured import Measured, measure
from stub_cloud.process import StubProcess

from stackloom.local import access, lifecycle, status
from stackloom.local.latency import Latency

LATENCY_SECONDS = 0.15
BUILD_SECONDS = 2.0
GONE_SECONDS = 2.0
TWO, MANY = 2, 25
PLANNED = (100, 1_000, 5_000, 10_000)
CHAINS = {
    "create": ("log in", "look", "networks", "subnets", "server"),
    "destroy": ("log in", "look", "server", "network"),
}
OURS, SEQUENTIAL, THREADS, TUNED = "stackloom", "SDK, sequential", "SDK, 25 threads", "by hand"
SCRIPTS = {SEQUENTIAL: "sdk_sequential.py", THREADS: "sdk_threads.py", TUNED: "tuned.py"}
LOCAL_NAME = "benchmark-scenario"
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What all parts share.

    Attributes:
        rounds: how often each is run; the medians count.
        folder: for files of this run.
    """

    rounds: int
    timeline: bool
    folder: Path
    bars: Bars


def main() -> int:
    parts = {
        "clients": clients,
        "stub-two": lambda bench: on_the_stub(bench, TWO),
        "stub-many": lambda bench: on_the_stub(bench, MANY),
        "plan": plans,
        "local-two": lambda bench: on_the_local_cloud(bench, TWO, latency=0.0),
        "local-two-away": lambda bench: on_the_local_cloud(bench, TWO, latency=LATENCY_SECONDS),
        "local-many": lambda bench: on_the_local_cloud(bench, MANY, latency=0.0),
        "local-many-away": lambda bench: on_the_local_cloud(bench, MANY, latency=LATENCY_SECONDS),
    }
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=parts, help="a part; may be repeated")
    parser.add_argument("--rounds", type=int, default=3, help="25-fold on the local cloud: 1")
    parser.add_argument("--timeline", action="store_true", help="show each of our requests")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(
            rounds=options.rounds, timeline=options.timeline, folder=Path(folder), bars=Bars()
        )
        for name in options.only or parts:
            print(f"\n== {name}", flush=True)
            parts[name](bench)
    for what in bench.bars.missed:
        print(f"missed: {what}", file=sys.stderr)
    return 1 if bench.bars.missed else 0


# --- contestants ----------------------------------------------------------------------------------


def scenario_file(folder: Path, count: int) -> Path:
    """Write a scenario of *count* networks with a server each, 25 networks on a router."""
    names = [f"n{number:05}" for number in range(count)]
    lines = [f"scenario: bench-{count}", "networks:"]
    for number, name in enumerate(names):
        lines.append(f"  {name}: {{cidr: 10.{number // 250}.{number % 250}.0/24}}")
    lines.append("routers:")
    lines += [
        f"  r{start:05}: {{connects: [{', '.join(names[start : start + MANY])}]}}"
        for start in range(0, count, MANY)
    ]
    lines.append("servers:")
    lines += [f"  {n}: {{image: cirros, flavor: m1.tiny, networks: [{n}]}}" for n in names]
    file = folder / f"bench-{count}.yaml"
    file.write_text("\n".join(lines) + "\n")
    return file


def stackloom(*arguments: str) -> list[str]:
    """Return our command, that of this checkout."""
    return [str(Path(sys.executable).parent / "stackloom"), *arguments]


def environment_for(bench: Bench, cloud: dict[str, str]) -> dict[str, str]:
    """Return an environment with a cloud, byte code, and no token or record of an earlier run."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    fresh = tempfile.mkdtemp(dir=bench.folder)
    return {**kept, **cloud, "XDG_CACHE_HOME": fresh, "XDG_STATE_HOME": fresh}


def command_of(who: str, verb: str, count: int, folder: Path) -> list[str]:
    if who == OURS:
        ours = {"create": "apply", "destroy": "destroy"}[verb]
        return stackloom(ours, "--yes", str(scenario_file(folder, count)))
    script = str(_HERE / "peers" / SCRIPTS[who])
    return [str(installed() / "python"), script, verb, str(count)]


def medians(runs: list[Measured]) -> Measured:
    """Return the middle of each figure."""
    return replace(
        runs[0],
        seconds=statistics.median(run.seconds for run in runs),
        cpu_seconds=statistics.median(run.cpu_seconds for run in runs),
        memory_mb=statistics.median(run.memory_mb for run in runs),
        requests=round(statistics.median(run.requests for run in runs)),
        services_cpu_seconds=statistics.median(run.services_cpu_seconds for run in runs),
    )


def show(results: dict[str, dict[str, Measured]]) -> None:
    """Print a table: a line for each contestant and verb, its time as a multiple of ours."""
    titles = (
        f"{'wall s':>8}{': ours':>8}{'CPU s':>8}{'MB':>6}{'requests':>10}{'services CPU s':>16}"
    )
    print(f"  {'':<18}{'':<9}{titles}")
    for verb, by_who in results.items():
        for who, run in by_who.items():
            ratio = run.seconds / by_who[OURS].seconds
            requests = run.requests if run.requests >= 0 else "-"
            services = f"{run.services_cpu_seconds:.1f}" if run.services_cpu_seconds >= 0 else "-"
            print(
                f"  {who:<18}{verb:<9}{run.seconds:8.2f}{ratio:8.2f}{run.cpu_seconds:8.2f}"
                f"{run.memory_mb:6.0f}{requests:>10}{services:>16}",
                flush=True,
            )


# --- the stub -------------------------------------------------------------------------------------


def stub() -> StubProcess:
    return StubProcess(latency=LATENCY_SECONDS, build=BUILD_SECONDS, gone=GONE_SECONDS)


def clients(bench: Bench) -> None:
    """Show that three clients, unchanged, see one and the same cloud in the stub."""
    with StubProcess(latency=0.0, build=0.0, gone=0.0) as cloud:
        environment = environment_for(bench, cloud.environment())
        measure(command_of(OURS, "create", TWO, bench.folder), environment)
        seen = {}
        listing = ("server", "list", "-f", "value", "-c", "Name", "-c", "Status")
        seen["stackloom"] = measure(stackloom(*listing), environment).output
        openstack = str(installed() / "openstack")
        seen["openstack"] = measure([openstack, *listing], environment).output
        program = (
            "import openstack\n"
            "for s in openstack.connect().compute.servers():\n"
            "    print(s.name, s.status)"
        )
        python = [str(installed() / "python"), "-c", program]
        seen["openstacksdk"] = measure(python, environment).output
        same = {who: sorted(output.splitlines()) for who, output in seen.items()}
        for who, lines in same.items():
            print(f"  {who:<14}{' | '.join(lines)}")
        differing = sum(lines != same["openstack"] for lines in same.values())
        bench.bars.at_most("clients that see another cloud in the stub", differing, 0, "clients")
        measure(command_of(OURS, "destroy", TWO, bench.folder), environment)


def on_the_stub(bench: Bench, count: int) -> None:
    """Let everybody weave *count* networks with a server each, far away."""
    results: dict[str, dict[str, Measured]] = {"create": {}, "destroy": {}}
    with stub() as cloud:
        for who in (OURS, TUNED, THREADS, SEQUENTIAL):
            runs: dict[str, list[Measured]] = {"create": [], "destroy": []}
            for _ in range(bench.rounds if who != SEQUENTIAL else 1):
                for verb, each in runs.items():
                    each.append(_on_the_stub_once(bench, cloud, who, verb, count))
            for verb, each in runs.items():
                results[verb][who] = medians(each)
    show(results)
    _hold_stub_bars(bench.bars, results, count)


def _on_the_stub_once(
    bench: Bench, cloud: StubProcess, who: str, verb: str, count: int
) -> Measured:
    command = command_of(who, verb, count, bench.folder)
    environment = environment_for(bench, cloud.environment())
    cloud.reset()
    run = measure(command, environment)
    if bench.timeline and who == OURS:
        for arrived, answered, status, what in cloud.timeline():
            print(f"    {arrived:7.3f} {answered:7.3f}  {status}  {what}")
    report = cloud.report()
    return replace(run, requests=report["requests"], services_cpu_seconds=report["busy_seconds"])


def _hold_stub_bars(bars: Bars, results: dict[str, dict[str, Measured]], count: int) -> None:
    for verb, waiting in (("create", BUILD_SECONDS), ("destroy", GONE_SECONDS)):
        chain = CHAINS[verb]
        path = len(chain) * LATENCY_SECONDS + waiting
        print(
            f"  critical path of {verb}: {' > '.join(chain)}: {len(chain)} x "
            f"{LATENCY_SECONDS:.2f} s + {waiting:.1f} s = {path:.2f} s"
        )
        ours = results[verb][OURS]
        times = ours.seconds / path
        bars.at_most(f"{verb} of {count} on the stub", times, 1.2, "x the critical path")
    if count == MANY:
        created = results["create"]
        ours = created[OURS]
        faster = created[SEQUENTIAL].seconds / ours.seconds
        bars.at_least("create of 25, sequential SDK", faster, 3.5, "x our time")
        faster = created[THREADS].seconds / ours.seconds
        bars.at_least("create of 25, SDK with threads", faster, 1.0, "x our time")
        most = created[SEQUENTIAL].requests / 2
        bars.at_most("create of 25, requests", ours.requests, most, "requests")


def plans(bench: Bench) -> None:
    """Plan up to 10,000 resources: none of them there, and all of them there."""
    print(
        f"  {'resources':>10}{'':<10}{'wall s':>8}{'ms each':>9}{'CPU s':>8}{'MB':>6}{'stub s':>8}"
    )
    used: dict[tuple[int, str], float] = {}
    with stub() as cloud:
        for wanted in PLANNED:
            # A network brings a subnet and an interface, and 25 share a router.
            count = round(wanted / (4 + 1 / MANY))
            file = str(scenario_file(bench.folder, count))
            environment = environment_for(bench, cloud.environment())
            for there in ("none", "all"):
                if there == "all":
                    cloud.set_times(latency=0, build=0, gone=0)
                    measure(stackloom("apply", "--yes", file), environment)
                    cloud.set_times(latency=LATENCY_SECONDS, build=BUILD_SECONDS, gone=GONE_SECONDS)
                runs = []
                for _ in range(bench.rounds):
                    fresh = environment_for(bench, cloud.environment())
                    cloud.reset()
                    command = stackloom("plan", "--detailed-exitcode", file)
                    runs.append(measure(command, fresh, allowed=(2 if there == "none" else 0,)))
                busy = cloud.report()["busy_seconds"]
                run = medians(runs)
                used[wanted, there] = run.cpu_seconds
                print(
                    f"  {wanted:>10}{there + ' there':>10}{run.seconds:8.2f}"
                    f"{run.seconds / wanted * 1000:9.3f}{run.cpu_seconds:8.2f}"
                    f"{run.memory_mb:6.0f}{busy:8.2f}",
                    flush=True,
                )
                if wanted == max(PLANNED):
                    what = f"plan of {wanted:,}, {there} there"
                    bench.bars.at_most(what, run.seconds, 3.0, "s")
                    bench.bars.at_most(what, run.memory_mb, 300.0, "MB")
            cloud.reset(empty=True)
    for there in ("none", "all"):
        cpu = [used[wanted, there] for wanted in PLANNED[1:]]
        first, second = (cpu[1] - cpu[0]) / 4_000, (cpu[2] - cpu[1]) / 5_000
        print(f"  {there} there: a further resource costs {first * 1e6:.0f} µs of CPU up to 5,000")
        what = f"a further resource up to 10,000 beside one up to 5,000, {there} there"
        bench.bars.at_most(what, second / first, 1.5, "x the CPU")


# --- the local cloud ------------------------------------------------------------------------------


@contextmanager
def local_cloud(latency: float) -> Iterator[dict[str, str]]:
    """Bring a cloud of the benchmark's own up, and take it away afterwards."""
    away = Latency(seconds=latency) if latency else None
    asyncio.run(lifecycle.up(name=LOCAL_NAME, latency=away))
    try:
        found = access.access(LOCAL_NAME)
        assert found is not None, "it has just come up"
        yield found.environment("demo")
    finally:
        asyncio.run(lifecycle.purge(name=LOCAL_NAME))


def services_cpu_seconds() -> float:
    """Return what the services of the benchmark's cloud have used so far.

    Source: proc_pid_stat(5): utime and stime are fields 14 and 15, in clock ticks.
    """
    ticks = 0
    for service in status.status(LOCAL_NAME).services:
        fields = Path(f"/proc/{service.pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _on_the_local_cloud_once(
    bench: Bench, cloud: dict[str, str], who: str, verb: str, count: int
) -> Measured:
    before = services_cpu_seconds()
    run = measure(command_of(who, verb, count, bench.folder), environment_for(bench, cloud))
    return replace(run, services_cpu_seconds=services_cpu_seconds() - before)


def on_the_local_cloud(bench: Bench, count: int, *, latency: float) -> None:
    """Let everybody weave *count* networks with a server each on real services."""
    whom = (OURS, SEQUENTIAL, THREADS)
    results: dict[str, dict[str, Measured]] = {"create": {}, "destroy": {}}
    with local_cloud(latency) as cloud:
        for verb in results:  # the first of each kind of request is slow, whoever sends it
            measure(command_of(OURS, verb, count, bench.folder), environment_for(bench, cloud))
        runs = {(verb, who): [] for verb in results for who in whom}
        for number in range(bench.rounds):
            # Who comes later finds caches warmer and tables fuller: each begins once.
            for who in (*whom[number % len(whom) :], *whom[: number % len(whom)]):
                for verb in results:
                    runs[verb, who].append(_on_the_local_cloud_once(bench, cloud, who, verb, count))
    for (verb, who), each in runs.items():
        results[verb][who] = medians(each)
    show(results)
    where = f"local cloud{', 150 ms away' if latency else ''}"
    created = results["create"]
    ours = created[OURS].seconds
    if count == TWO:
        faster = created[SEQUENTIAL].seconds / ours
        bench.bars.at_least(f"create of 2, {where}: sequential SDK", faster, 1.5, "x our time")
    else:
        best = min(created[who].seconds for who in whom if who != OURS)
        bench.bars.at_most(f"create of 25, {where}", ours / best, 1.0, "x the best script")


if __name__ == "__main__":
    sys.exit(main())
