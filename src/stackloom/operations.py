# SPDX-License-Identifier: Apache-2.0
"""What a person can ask for, one function each; command line, service and tests call these.

It introduces the rooms to each other: the kinds to the planner, a cloud to the actions.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from stackloom.cloud.cloud import Cloud
from stackloom.cloud.kind import Listed, State
from stackloom.cloud.mark import Address
from stackloom.cloud.sketch import Bar, Part
from stackloom.cloud.together import together, together_of
from stackloom.cloud.verbs import list_states
from stackloom.errors import (
    BadScenario,
    Forbidden,
    Moved,
    Problem,
    RunFailed,
    ServerFault,
    UnknownName,
    UsageError,
)
from stackloom.resources import all_kinds
from stackloom.scenario.actions import CloudActions, always
from stackloom.scenario.adoption import adopted, names_outside
from stackloom.scenario.capture import Captured, captured
from stackloom.scenario.conditions import conditions
from stackloom.scenario.events import Outcome, Result, Tell, tell_nobody
from stackloom.scenario.executor import Executor
from stackloom.scenario.language.variables import Given
from stackloom.scenario.loader import Loaded, load_file, load_texts
from stackloom.scenario.model import Scenario, lookups, references
from stackloom.scenario.observe import (
    Marked,
    list_kinds,
    look_up,
    marked_states,
    own_project,
    scenarios_in,
)
from stackloom.scenario.outputs import kinds_told, output_values
from stackloom.scenario.picture.gather import (
    parts_of_lists,
    parts_of_specs,
    parts_of_states,
    unnamed_bars,
)
from stackloom.scenario.picture.overlay import Picture
from stackloom.scenario.picture.planned import plan_picture
from stackloom.scenario.plan import Plan
from stackloom.scenario.planner import KnownIds, Observed, is_at_rest, make_plan
from stackloom.scenario.preflight import Conditions, findings, requirements
from stackloom.scenario.records import RecordedActions, Records, hold_records, records_directory
from stackloom.scenario.saved_plan import (
    FORMAT,
    SavedPlan,
    moved,
    plan_document,
    read_saved_plan,
)
from stackloom.scenario.schema import editor_schema, existing_sections
from stackloom.scenario.secrecy import showable
from stackloom.scenario.wording import in_words

log = logging.getLogger(__name__)

KINDS = all_kinds()
_DECLARED = tuple(kind.name for kind in KINDS.values() if kind.declaration)
# What nearly every scenario has some of: where none of these is there, and no earlier run has left
# a trace on this machine, a scenario is new, and the other kinds need not be asked about.
_COMMON = ("network", "subnet", "port", "router", "router_interface", "server")
# How long a service may still be at work on a request whose sender was killed; asked about only
# after a run that was.
UNDER_WAY_SECONDS = 20.0
LOOK_AGAIN_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan, and the scenario that it weaves.

    Attributes:
        warnings: what may go wrong with it, found out before anything is made.
    """

    scenario: Scenario
    plan: Plan
    warnings: tuple[Problem, ...] = ()

    @property
    def shown(self) -> Plan:
        """The plan as it may be shown and saved: without secrets."""
        return showable(self.plan, self.scenario.hide)


def read_scenario(path: Path, given: Sequence[Given] = ()) -> Loaded:
    """Read a scenario file, or raise everything that is wrong with it.

    Args:
        given: values for its variables.
    """
    return load_file(path, KINDS, given)


def read_texts(
    texts: Mapping[str, str],
    file: str,
    given: Sequence[Given] = (),
    *,
    most_values: int,
    with_stand_ins: bool = False,
) -> Loaded:
    """Read a scenario of texts alone, or raise everything that is wrong with it.

    Nothing of this machine is read: an ``include`` or ``file()`` of anything but one of *texts*,
    and every field that is the path of a file to upload, are problems.

    Args:
        texts: by the path under which ``include`` and ``file()`` name them.
        file: the path of the scenario itself.
        given: values for its variables.
        most_values: how many values and keys there may be in all texts together, each alias
            counted where it stands.
        with_stand_ins: let something stand for each secret variable that has no value.

    Raises:
        BadScenario: with every problem that was found.
    """
    return load_texts(
        texts,
        file,
        KINDS,
        given,
        folder="",
        most_values=most_values,
        with_stand_ins=with_stand_ins,
    )


def schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario files, for editors."""
    return editor_schema(KINDS)


async def plan(
    cloud: Cloud, loaded: Loaded, *, records: Records | None = None, check_quota: bool = True
) -> Planned:
    """Compare a scenario with the cloud: one request a kind, and one for each name to find.

    Args:
        records: what an earlier run may still have under way, which is waited for; None to only
            look.
        check_quota: ask for the quotas as well, and warn where they do not suffice.

    Raises:
        BadScenario: images, flavors or networks that it names are not there, or the cloud cannot do
            what it asks for; says where it does.
    """
    scenario = loaded.scenario
    (found, missing), marked, offered = await together_of(
        look_up(cloud, KINDS, lookups(KINDS, scenario)),
        _marked(cloud, scenario, records),
        _conditions(cloud, scenario, check_quota=check_quota),
    )
    if missing:
        raise _not_found(loaded, missing)
    observed = Observed(
        states=marked.states, doubles=marked.doubles, found=found, strangers=marked.strangers
    )
    # Seconds for thousands of resources, in which whoever shares the loop wants to go on.
    return await asyncio.to_thread(_decided, loaded, observed, offered)


async def _conditions(cloud: Cloud, scenario: Scenario, *, check_quota: bool) -> Conditions:
    needed = [each for many in requirements(KINDS, scenario).values() for each in many]
    services = {KINDS[address.kind].service for address in scenario.specs} if check_quota else set()
    quotas = {"volume" if service == "block-storage" else service for service in services}
    return await conditions(cloud, quotas, extensions=any(each.extension for each in needed))


def _decided(loaded: Loaded, observed: Observed, offered: Conditions) -> Planned:
    """Plan, and find out what may be refused.

    Raises:
        BadScenario: something will be.
    """
    made = make_plan(KINDS, loaded.scenario, observed)
    ids = {address: state.id for address, state in observed.states.items()}
    known = KnownIds(ids, observed.found, observed.states)
    certain: list[Problem] = []
    uncertain: list[Problem] = []
    for finding in findings(KINDS, loaded.scenario, made, offered, known):
        fault = finding.fault
        problem = (
            loaded.problem(finding.address, fault.place, fault.message, fault.hint)
            if finding.address
            else Problem(
                file=loaded.document.file, line=0, column=0, message=fault.message, hint=fault.hint
            )
        )
        (certain if finding.is_certain else uncertain).append(problem)
    if certain:
        raise BadScenario(certain)
    return Planned(scenario=loaded.scenario, plan=made, warnings=tuple(uncertain))


async def plan_destruction(
    cloud: Cloud, scenario_name: str, *, records: Records | None = None
) -> Planned:
    """Plan to take away everything that carries the marks of a scenario, and nothing else."""
    empty = Scenario(name=scenario_name, specs={})
    marked = await _marked(cloud, empty, records)
    observed = Observed(states=marked.states, doubles=marked.doubles, strangers=marked.strangers)
    made = await asyncio.to_thread(make_plan, KINDS, empty, observed)
    return Planned(scenario=empty, plan=made)


@asynccontextmanager
async def hold(
    cloud: Cloud, scenario_name: str, environment: Mapping[str, str]
) -> AsyncIterator[Records]:
    """Be the only command on this machine that works on a scenario, for an ``async with``.

    Raises:
        ScenarioBusy: another one does.
    """
    directory = records_directory(environment)
    key = await cloud_key(cloud)
    with hold_records(directory, cloud_key=key, scenario=scenario_name) as records:
        yield records


async def _marked(cloud: Cloud, scenario: Scenario, records: Records | None) -> Marked:
    """Return what carries the scenario's marks, once nothing of an earlier run is under way."""
    while True:
        marked = await _marked_now(cloud, scenario, may_be_new=bool(records and records.is_new))
        if records is None:
            return marked
        oldest = time.time() - UNDER_WAY_SECONDS
        begun = [a for a, since in records.unfinished.items() if since > oldest]
        if all(address in marked.states for address in begun):
            await records.forget()
            return marked
        log.info("waiting for what an interrupted run began: %s", ", ".join(map(str, begun)))
        await asyncio.sleep(LOOK_AGAIN_SECONDS)


async def _marked_now(cloud: Cloud, scenario: Scenario, *, may_be_new: bool) -> Marked:
    names: Iterable[str] = _DECLARED
    listed: dict[str, list[Any]] = {}
    if may_be_new and scenario.specs:
        first = dict.fromkeys((*_COMMON, *(address.kind for address in scenario.specs)))
        listed = await list_kinds(cloud, KINDS, first)
        marked = marked_states(KINDS, listed, scenario.name)
        if not marked.states:
            return marked
        names = [name for name in _DECLARED if name not in listed]
    listed |= await list_kinds(cloud, KINDS, names, known=listed)
    return marked_states(KINDS, listed, scenario.name)


def executor(
    cloud: Cloud,
    planned: Planned,
    records: Records,
    *,
    tell: Tell = tell_nobody,
    may_go_on: Callable[[], None] = always,
) -> Executor:
    """Return what carries a plan out when its ``run()`` is awaited.

    Args:
        may_go_on: asked before each request that changes something; see ``CloudActions``.
    """
    plain = CloudActions(
        cloud, KINDS, planned.scenario, planned.plan, tell=tell, may_go_on=may_go_on
    )
    actions = RecordedActions(plain, records)
    bulk = [kind.name for kind in KINDS.values() if kind.bulk]
    return Executor(planned.plan, actions, bulk_kinds=bulk, bulk_size=plain.bulk_size, tell=tell)


def raise_if_failed(scenario_name: str, outcomes: tuple[Outcome, ...]) -> None:
    """Raise ``RunFailed`` if a step failed; what waited for it is counted, not repeated."""
    failed = [outcome for outcome in outcomes if outcome.result is Result.FAILED]
    skipped = sum(outcome.result is Result.SKIPPED for outcome in outcomes)
    if failed:
        counted = f"{len(failed)} of {len(outcomes)} steps failed"
        behind = f", and {skipped} behind them did not begin" if skipped else ""
        raise RunFailed(
            f'scenario "{scenario_name}": {counted}{behind}',
            outcomes=outcomes,
            hint="what was made stays and is known; after mending the cause, run the command again",
        )


async def outputs(cloud: Cloud, scenario: Scenario) -> dict[str, Any]:
    """Return what a scenario tells, as plain values; None inside them for what is not there."""
    told = kinds_told(scenario)
    if not told:
        return output_values(KINDS, scenario, {}, {})
    named = {key: query for key, query in lookups(KINDS, scenario).items() if key[0] in told}
    (found, _missing), listed = await together_of(
        look_up(cloud, KINDS, named), list_kinds(cloud, KINDS, told)
    )
    states = marked_states(KINDS, listed, scenario.name).states
    return output_values(KINDS, scenario, states, found)


def save_plan(cloud_key: str, loaded: Loaded | None, planned: Planned) -> str:
    """Return a plan as the text of a file; without secrets.

    Args:
        cloud_key: see ``cloud_key``.
        loaded: what it was made of; None for that of a destruction, which needs no file.
    """
    saved = SavedPlan(
        stackloom_plan=FORMAT,
        cloud=cloud_key,
        file=loaded.document.file if loaded else "",
        folder=loaded.folder if loaded else "",
        files=loaded.files if loaded else {},
        variables=loaded.variables if loaded else {},
        plan=plan_document(planned.shown),
    )
    return json.dumps(msgspec.to_builtins(saved), indent=2)


def read_saved(text: str, file: str, given: Sequence[Given] = ()) -> tuple[SavedPlan, Loaded]:
    """Read a saved plan and the scenario inside it.

    Args:
        given: values for its secret variables, which it does not hold.

    Raises:
        UsageError: it is none.
    """
    saved = read_saved_plan(text, file)
    before = Given(source=file, values=saved.variables)
    return saved, load_texts(saved.files, saved.file, KINDS, [before, *given], folder=saved.folder)


def check_still_so(saved: SavedPlan, cloud_key: str, planned: Planned) -> None:
    """Check that what would be done now is what was saved.

    Raises:
        Moved: it is not; names what has changed.
        UsageError: it was made for another cloud or project.
    """
    if saved.cloud != cloud_key:
        raise UsageError(
            f"the plan was made for {saved.cloud}, and this is {cloud_key}",
            hint="choose that cloud and project, or plan again",
        )
    if addresses := moved(saved.plan, plan_document(planned.shown)):
        raise Moved(addresses)


async def cloud_key(cloud: Cloud) -> str:
    """Return what tells a cloud and project apart from others."""
    return f"{cloud.config.auth_url} {await own_project(cloud)}"


async def scenarios(cloud: Cloud) -> dict[str, int]:
    """Return the scenarios of which the project has something, and of each how many resources."""
    return scenarios_in(KINDS, await list_kinds(cloud, KINDS, _DECLARED))


async def adopt(cloud: Cloud, loaded: Loaded, address: Address, name_or_id: str) -> State:
    """Put a scenario's mark on something that is there already, so that it belongs to it.

    Raises:
        UsageError: the file does not have the address, the kind takes no mark afterwards, or it
            belongs to a scenario already.
    """
    return await adopted(cloud, KINDS, loaded.scenario, address, name_or_id)


async def capture(cloud: Cloud, name: str) -> Captured:
    """Return a scenario that would bring about what the token's project has."""
    listed, outside = await together_of(
        list_kinds(cloud, KINDS, _DECLARED), names_outside(cloud, KINDS)
    )
    return captured(KINDS, listed, name=name, outside=outside)


async def resources(cloud: Cloud, scenario_name: str) -> dict[Address, State]:
    """Return what the cloud has of a scenario.

    Raises:
        UnknownName: nothing there carries its marks; names the scenarios that have some.
    """
    listed = await list_kinds(cloud, KINDS, _DECLARED)
    states = {
        address: state
        for address, state in marked_states(KINDS, listed, scenario_name).states.items()
        if not is_at_rest(KINDS, address, state)
    }
    if not states:
        there = ", ".join(scenarios_in(KINDS, listed)) or "none"
        raise UnknownName(
            f'nothing in this project carries the marks of scenario "{scenario_name}"',
            hint=f"scenarios found here: {there}",
        )
    return states


def topology_of(scenario: Scenario) -> Picture:
    """Return the picture of what a scenario asks for, from its file alone."""
    return Picture(parts=tuple(parts_of_specs(KINDS, scenario.specs)), title=scenario.name)


def planned_topology(planned: Planned) -> Picture:
    """Return the picture of a plan: what is there, what is to come, and what happens to each."""
    return plan_picture(KINDS, in_words(planned.shown))


async def topology(cloud: Cloud, scenario_name: str) -> Picture:
    """Return the picture of what the cloud has of a scenario, from the cloud's own answers.

    Raises:
        UnknownName: nothing there carries its marks; names the scenarios that have some.
    """
    parts = parts_of_states(KINDS, await resources(cloud, scenario_name))
    return Picture(parts=(*parts, *await _strangers(cloud, parts)), title=scenario_name)


async def project_topology(cloud: Cloud) -> Picture:
    """Return the picture of everything in the token's project, whoever has made it.

    A list that the cloud does not give is told in the picture, and the rest of it is drawn.
    """
    # A list that others are made of comes first, so that each is asked for once.
    first = [name for name in _DECLARED if not (KINDS[name].derive or KINDS[name].parent)]
    listed: dict[str, list[Any]] = {}
    notices: list[str] = []
    for names in (first, [name for name in _DECLARED if name not in first]):
        answers = await together([_list_or_notice(cloud, name, listed) for name in names])
        for name, (states, notice) in zip(names, answers, strict=True):
            listed[name] = states
            notices += [notice] if notice else []
    parts = parts_of_lists(KINDS, listed)
    return Picture(
        parts=(*parts, *await _strangers(cloud, parts)),
        title=f"project {await own_project(cloud)}",
        notices=tuple(notices),
    )


async def _list_or_notice(cloud: Cloud, name: str, known: Listed) -> tuple[list[Any], str]:
    try:
        return (await list_kinds(cloud, KINDS, [name], known=known))[name], ""
    except (Forbidden, ServerFault) as error:
        return [], f"{KINDS[name].words}: {error}"


async def _strangers(cloud: Cloud, parts: Iterable[Part]) -> list[Part]:
    """Look up the networks of others that something stands on, with one request for all."""
    keys = sorted(unnamed_bars(parts))
    if not keys:
        return []
    network = KINDS["network"]
    states = [state async for state in list_states(cloud, network, {"id": keys})]
    bars = [part for state in states for part in network.sketch(state) if isinstance(part, Bar)]
    return [msgspec.structs.replace(bar, is_borrowed=True) for bar in bars]


def _not_found(loaded: Loaded, missing: Mapping[tuple[str, str], UnknownName]) -> BadScenario:
    problems = []
    for address, spec in loaded.scenario.specs.items():
        for reference in references(KINDS, address, spec):
            error: Any = missing.get((reference.kind, reference.name))
            if error is not None and reference.address not in loaded.scenario.existing:
                problems.append(loaded.problem(address, reference.place, error.message, error.hint))
    for section, kind in existing_sections(KINDS).items():
        for (kind_name, name), error in missing.items():
            if kind_name == kind.name and Address(kind_name, name) in loaded.scenario.existing:
                place = ("existing", section, name)
                problems.append(loaded.document.problem(place, error.message, error.hint))
    return BadScenario(problems)
