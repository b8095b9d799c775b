# SPDX-License-Identifier: Apache-2.0
"""Rounds of up, work, reset and down of a local cloud, in most of which one process is killed.

Everything is drawn from a seed: the stage of the round, the victim, the moment. After each round
no process may be left, no file outside the cloud's directory, and no undisturbed command may have
failed::

    scripts/soak [--rounds 200] [--seed 1] [--report docs/reference/local-cloud-soak.md]

It works in a directory of its own and shares only what is installed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from stackloom.auth.config import cloud_config
from stackloom.cloud.cloud import Cloud, connect_alone
from stackloom.cloud_choice import local_settings
from stackloom.local import access, files, processes
from stackloom.local import layout as layouts
from stackloom.local.layout import CloudLayout, Layout
from stackloom.transport.blocking import run_alone

NAME = "soak"
SERVICES = ("keystone", "glance", "placement", "neutron", "nova")
_COMMAND = (sys.executable, "-m", "stackloom.cli.main", "local")
_COMMAND_SECONDS = 240.0
# How long each stage takes when nothing else runs; a moment is drawn from a bit more than that.
_SECONDS_BY_STAGE = {"up": 3.5, "work": 1.5, "reset": 3.0, "down": 0.8}
_QUIET_SHARE = 0.1


class Failure(AssertionError):
    """What a round must not show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """One process that is killed in one round.

    Attributes:
        victim: a service, ``supervisor``, or ``command``: the command of the stage itself;
            ``nobody`` in a quiet round.
        how: the signal.
        after_seconds: from the beginning of the stage.
    """

    stage: str
    victim: str
    how: signal.Signals
    after_seconds: float

    def __str__(self) -> str:
        if self.victim == "nobody":
            return "nobody is killed"
        what = "the command" if self.victim == "command" else self.victim
        return f"{self.how.name} to {what} during {self.stage}"


def draw(dice: random.Random) -> Drill:
    """Draw the drill of one round."""
    stage = dice.choice([*_SECONDS_BY_STAGE])
    after = dice.uniform(0.0, _SECONDS_BY_STAGE[stage])
    if dice.random() < _QUIET_SHARE:
        return Drill(stage=stage, victim="nobody", how=signal.SIGKILL, after_seconds=0.0)
    victims = ["supervisor", dice.choice(SERVICES)]
    if stage != "work":
        victims += ["command", "command"]
    victim = dice.choice(victims)
    interrupted = victim == "command" and dice.random() < 0.5
    how = signal.SIGINT if interrupted else signal.SIGKILL
    return Drill(stage=stage, victim=victim, how=how, after_seconds=after)


@dataclass(slots=True, kw_only=True)
class Tally:
    """What all rounds together have shown."""

    rounds: int = 0
    started: float = field(default_factory=time.time)
    drills: Counter[str] = field(default_factory=Counter)
    struck: int = 0
    failures: list[str] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(default_factory=dict)


class Soak:
    """One cloud in a directory of its own, and the rounds that it goes through."""

    def __init__(self, directory: Path, dice: random.Random) -> None:
        self._directory = directory
        self._dice = dice
        self._environment = _environment(directory)
        self._layout = layouts.from_environment(self._environment)
        _share_what_is_installed(self._layout)
        self.cloud: CloudLayout = self._layout.cloud(NAME)
        self.tally = Tally()
        self._outside: set[str] = set()

    def first_up(self) -> None:
        """Prepare the databases, and note which files there are afterwards."""
        self._run("up")
        self._work()
        self._run("down")
        self._outside = self._files_outside()

    def round(self) -> None:
        """Go through one round and note how it ended; what is left of a bad one is removed."""
        drill = draw(self._dice)
        self.tally.rounds += 1
        self.tally.drills[str(drill)] += 1
        try:
            self._go_through(drill)
        except Failure as failure:
            self.tally.failures.append(
                f"round {self.tally.rounds} ({drill}): {failure}\nsupervisor's log:\n"
                + files.tail(self.cloud.log("supervisor"), 40)
            )
            self.end()

    def end(self) -> None:
        """Stop whatever still runs."""
        with suppress(Failure):
            self._run("down")
        for pid in self.strays():
            os.kill(pid, signal.SIGKILL)

    def strays(self) -> list[int]:
        """List the processes that name our directory or have something of it open."""
        return _strays(self._directory)

    def leaks(self) -> list[str]:
        """Name the files outside the directory of the cloud that the first start did not make."""
        return sorted(self._files_outside() - self._outside)

    # --- one round --------------------------------------------------------------------------------

    def _go_through(self, drill: Drill) -> None:
        self._stage("up", drill)
        self._run("up")
        self._work_under(drill)
        self._until_up()
        self._work()
        if self._stage("reset", drill):
            self._run("up")
        self._run("reset")
        self._fresh()
        self._stage("down", drill)
        self._run("down")
        if strays := self.strays():
            told = ", ".join(f"{pid} ({_command_line(pid)})" for pid in strays)
            raise Failure(f"processes left after down: {told}")
        if leaks := self.leaks():
            raise Failure(f"files left outside the cloud's directory: {', '.join(leaks)}")

    def _stage(self, stage: str, drill: Drill) -> bool:
        """Run a command and disturb it, if it is its turn; however it ends is right."""
        if drill.stage != stage or drill.victim == "nobody":
            return False
        command = self._start(stage)
        try:
            if not _ends_within(command, drill.after_seconds):
                self._strike(drill, command)
            command.communicate(timeout=_COMMAND_SECONDS)
        except subprocess.TimeoutExpired:
            raise Failure(f"`{stage}` hung after {drill}") from None
        finally:
            command.kill()
            command.communicate()
        return True

    def _work_under(self, drill: Drill) -> None:
        """Work while somebody is killed; what fails meanwhile may, what comes afterwards not."""
        if drill.stage != "work" or drill.victim == "nobody":
            return
        moment = time.monotonic() + drill.after_seconds
        self._work()
        time.sleep(max(0.0, min(0.3, moment - time.monotonic())))
        self._strike(drill, None)
        if drill.victim == "supervisor":
            self._run("up")

    def _strike(self, drill: Drill, command: subprocess.Popen[str] | None) -> None:
        if drill.victim == "command":
            assert command is not None, "a stage with a command"
            command.send_signal(drill.how)
            self.tally.struck += 1
            return
        pid = self._pid(drill.victim)
        if pid and processes.is_running(pid, str(self.cloud.instructions)):
            with suppress(ProcessLookupError):
                os.kill(pid, drill.how)
            self.tally.struck += 1
            self._until(lambda: processes.has_ended(pid), f"{drill.victim} did not die")

    def _pid(self, victim: str) -> int:
        """Return the process of a service or the supervisor, 0 where there is none (yet)."""
        try:
            state = json.loads(self.cloud.state.read_text())
        except (OSError, ValueError):
            return 0
        pids = {"supervisor": state["pid"]} | {e["name"]: e["pid"] for e in state["programs"]}
        return int(pids[victim])

    # --- commands ---------------------------------------------------------------------------------

    def _start(self, word: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*_COMMAND, word, "--name", NAME],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _run(self, word: str) -> None:
        """Run a command that has to succeed."""
        started = time.monotonic()
        command = self._start(word)
        try:
            output, _ = command.communicate(timeout=_COMMAND_SECONDS)
        except subprocess.TimeoutExpired:
            command.kill()
            output = f"{command.communicate()[0]}\n(hung)"
        if command.returncode:
            raise Failure(f"`{word}` ended with {command.returncode}: {output.strip()[-1500:]}")
        self.tally.seconds.setdefault(word, []).append(time.monotonic() - started)

    def _until_up(self) -> None:
        """Wait until every service that was killed is back."""
        command = [*_COMMAND, "status", "--name", NAME]

        def is_up() -> bool:
            ended = subprocess.run(command, env=self._environment, capture_output=True, check=False)
            return ended.returncode == 0

        self._until(is_up, "the cloud did not come up again by itself")

    def _until(self, is_so: Callable[[], bool], otherwise: str) -> None:
        deadline = time.monotonic() + 60.0
        while not is_so():
            if time.monotonic() > deadline:
                raise Failure(otherwise)
            time.sleep(0.05)

    # --- what is asked of the cloud ---------------------------------------------------------------

    def _work(self) -> None:
        """Create a network with a server on it, and see both."""

        async def work(cloud: Cloud) -> None:
            network = await _created(cloud, "network", "/v2.0/networks", "network", {"name": "net"})
            subnet = {"network_id": network, "ip_version": 4, "cidr": "10.1.0.0/24"}
            await _created(cloud, "network", "/v2.0/subnets", "subnet", subnet)
            image = (await _listed(cloud, "image", "/v2/images", "images"))[0]
            flavor = (await _listed(cloud, "compute", "/v2.1/flavors", "flavors"))[0]
            spec = {
                "name": "server",
                "imageRef": image,
                "flavorRef": flavor,
                "networks": [{"uuid": network}],
            }
            server = await _created(cloud, "compute", "/v2.1/servers", "server", spec)
            if server not in await _listed(cloud, "compute", "/v2.1/servers", "servers"):
                raise Failure("a server that was created is not listed")

        self._ask(work)

    def _fresh(self) -> None:
        """Nothing of what was made is left after a reset."""

        async def look(cloud: Cloud) -> None:
            answer = await cloud.request("network", "GET", "/v2.0/networks")
            names = [each["name"] for each in json.loads(answer.body)["networks"]]
            if names != ["public"] or await _listed(cloud, "compute", "/v2.1/servers", "servers"):
                raise Failure(f"not fresh after reset: {names}")

        self._ask(look)

    def _ask(self, work: Callable[[Cloud], object]) -> None:
        found = access.read(self.cloud)
        if found is None:
            raise Failure("the cloud is not up when it should be")
        config = cloud_config(local_settings(found.environment("demo"), {}, NAME))
        # A token would be kept for each address that the cloud has had.
        config = msgspec.structs.replace(config, cache_tokens=False)

        async def run() -> None:
            async with connect_alone(config, environment=self._environment) as cloud:
                await work(cloud)  # type: ignore[misc]  # a coroutine function's result

        try:
            run_alone(run())
        except Failure:
            raise
        except Exception as error:
            raise Failure(f"working on it: {type(error).__name__}: {error}") from error

    def _files_outside(self) -> set[str]:
        """Name every file below our directory that is not the cloud's own."""
        found: set[str] = set()
        for folder, folders, names in os.walk(self._directory):
            inside = Path(folder)
            if inside == self.cloud.directory:
                folders.clear()
                continue
            found |= {str((inside / name).relative_to(self._directory)) for name in names}
        return found


async def _created(
    cloud: Cloud, service: str, path: str, name: str, spec: Mapping[str, object]
) -> str:
    answer = await cloud.request(service, "POST", path, body={name: spec})
    return str(json.loads(answer.body)[name]["id"])


async def _listed(cloud: Cloud, service: str, path: str, name: str) -> list[str]:
    answer = await cloud.request(service, "GET", path)
    return [str(each["id"]) for each in json.loads(answer.body)[name]]


# --- the machine ----------------------------------------------------------------------------------


def _environment(directory: Path) -> dict[str, str]:
    """Return variables under which nothing is written but below *directory*."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("OS_", "XDG_"))}
    places = {
        "HOME": directory / "home",
        "TMPDIR": directory / "tmp",
        "XDG_DATA_HOME": directory / "data",
        "XDG_CACHE_HOME": directory / "cache",
        "XDG_CONFIG_HOME": directory / "config",
        "XDG_STATE_HOME": directory / "state",
        "XDG_RUNTIME_DIR": directory / "runtime",
    }
    for place in places.values():
        place.mkdir(exist_ok=True, mode=0o700)
    return kept | {name: str(place) for name, place in places.items()}


def _share_what_is_installed(own: Layout) -> None:
    """Use the person's installation of the services: it is never written to once it is whole."""
    shared = layouts.from_environment(os.environ).environment("any").parent
    link = own.environment("any").parent
    if shared.is_dir():
        link.parent.mkdir(parents=True, mode=0o700)
        link.symlink_to(shared)


def _ends_within(command: subprocess.Popen[str], seconds: float) -> bool:
    try:
        command.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _strays(directory: Path) -> list[int]:
    """List the processes that name *directory* or have something of it open."""
    mark = str(directory)
    found = []
    for path in Path("/proc").iterdir():
        if not path.name.isdigit() or int(path.name) == os.getpid():
            continue
        with suppress(OSError):
            is_ours = mark in _command_line(int(path.name))
            links = [path / "cwd", *(path / "fd").iterdir()]
            if is_ours or any(link.readlink().is_relative_to(mark) for link in links):
                found.append(int(path.name))
    return [pid for pid in found if not processes.has_ended(pid)]


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    except OSError:
        return ""


# --- the report -----------------------------------------------------------------------------------


def report(tally: Tally, *, seed: int, commit: str, wanted: int) -> str:
    """Return the page that stands in the documentation."""
    minutes = (time.time() - tally.started) / 60
    date = time.strftime("%Y-%m-%d", time.gmtime(tally.started))
    lines = [
        "# The local cloud's soak",
        "",
        "<!-- written by scripts/soak; do not edit -->",
        "",
        "Rounds of `up`, work, `reset`, work, `down` on one local cloud. In nine of ten rounds one",
        "process is ended at a random moment: a service, the supervisor, or the command itself (by",
        "SIGKILL or Ctrl-C). A round fails where an undisturbed command fails, a process is left",
        "after `down`, or a file outside the directory of the cloud.",
        "",
        "| | |",
        "|---|---|",
        f"| date, commit | {date}, {commit} |",
        f"| rounds | {tally.rounds} of {wanted}, seed {seed} |",
        f"| processes ended | {tally.struck} (in the others the stage was over first) |",
        f"| failures | {len(tally.failures)} |",
        f"| time | {minutes:.0f} minutes on {os.cpu_count()} cores |",
    ]
    for word, seconds in sorted(tally.seconds.items()):
        figures = f"median {statistics.median(seconds):.1f} s, longest {max(seconds):.1f} s"
        lines.append(f"| `{word}`, undisturbed | {len(seconds)} times, {figures} |")
    lines += ["", "| drill | rounds |", "|---|---|"]
    lines += [f"| {drill} | {count} |" for drill, count in sorted(tally.drills.items())]
    if tally.failures:
        lines += ["", "## Failures", ""]
        for failure in tally.failures:
            lines += ["```", failure, "```"]
    return "\n".join([*lines, ""])


@contextmanager
def soaking(seed: int) -> Iterator[Soak]:
    """Set up a soak in a directory of its own; nothing of it is left afterwards."""
    # A shell's background job ignores Ctrl-C, and so would the commands that it is sent to.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="stackloom-soak-") as directory:
        soak = Soak(Path(directory).resolve(), random.Random(seed))
        try:
            soak.first_up()
            yield soak
        finally:
            soak.end()


def main() -> int:
    """Soak as long as the command line says; 0 when no round failed."""
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--report", type=Path, help="write the page here, after every ten rounds")
    parser.add_argument("--commit", default="", help="what is soaked, where git cannot tell")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))
    commit = options.commit or _commit()
    with soaking(options.seed) as soak:
        for number in range(1, options.rounds + 1):
            soak.round()
            failed = len(soak.tally.failures)
            sys.stderr.write(f"{number} rounds, {failed} failed\n")
            if options.report and (number % 10 == 0 or number == options.rounds):
                page = report(soak.tally, seed=options.seed, commit=commit, wanted=options.rounds)
                options.report.write_text(page)
        tally = soak.tally
    sys.stdout.write(report(tally, seed=options.seed, commit=commit, wanted=options.rounds))
    return 1 if tally.failures else 0


def _commit() -> str:
    command = ["git", "rev-parse", "--short=12", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
