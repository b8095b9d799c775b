# SPDX-License-Identifier: Apache-2.0
"""The links in documents: from each to what a caller goes to next. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

from stackloom.wire.links import Link, Links
from stackloom.wire.plan import Plan
from stackloom.wire.run import Run

Query = Mapping[str, object]


def links_of(public_url: str, paths: Mapping[str, str]) -> Links:
    """Return links by their ``rel``: ``{"self": "/v1/scenarios/…"}``."""
    return tuple(Link(rel=rel, href=f"{public_url}{path}") for rel, path in paths.items())


def scenario_paths(id: UUID) -> dict[str, str]:
    """Return what a scenario leads to."""
    own = f"/v1/scenarios/{id}"
    about = urlencode({"scenario_id": str(id)})
    return {
        "self": own,
        "revisions": f"{own}/revisions",
        "resources": f"{own}/resources",
        "outputs": f"{own}/outputs",
        "graph": f"{own}/graph",
        "plans": f"/v1/plans?{about}",
        "runs": f"/v1/runs?{about}",
        "events": f"/v1/events?{about}",
    }


def plan_paths(plan: Plan) -> dict[str, str]:
    """Return what a plan leads to."""
    own = f"/v1/plans/{plan.id}"
    paths = {"self": own, "events": f"{own}/events"}
    if plan.scenario_id:
        paths["scenario"] = f"/v1/scenarios/{plan.scenario_id}"
        paths["graph"] = _graph(plan.scenario_id, f"plan:{plan.id}")
    if plan.run_id:
        paths["run"] = f"/v1/runs/{plan.run_id}"
    return paths


def run_paths(run: Run) -> dict[str, str]:
    """Return what a run leads to."""
    own = f"/v1/runs/{run.id}"
    paths = {
        "self": own,
        "events": f"{own}/events",
        "scenario": f"/v1/scenarios/{run.scenario_id}",
        "graph": _graph(run.scenario_id, f"run:{run.id}"),
    }
    if run.plan_id:
        paths["plan"] = f"/v1/plans/{run.plan_id}"
    return paths


def _graph(scenario_id: UUID, overlay: str) -> str:
    return f"/v1/scenarios/{scenario_id}/graph?{urlencode({'overlay': overlay})}"


def page_paths(path: str, query: Query, marker: object | None) -> dict[str, str]:
    """Return the ways from a page to itself and, where *marker* is given, to the next one.

    Args:
        query: what the page was asked for with; what is None was not said.
    """
    said = {name: _text(value) for name, value in query.items() if value not in (None, (), "")}
    paths = {"self": _with(path, said)}
    if marker is not None:
        said.pop("marker", None)
        paths["next"] = _with(path, {**said, "marker": str(marker)})
    return paths


def _with(path: str, said: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(said)}" if said else path


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
