# SPDX-License-Identifier: Apache-2.0
"""The page without a browser: what is asked of the API, and what the HTML says of the answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

import msgspec
import pytest
from tests.fakes.fake_api import FakeApi
from tests.web.asking import get, post
from tests.web.samples import (
    ENDED_RUN,
    EVENTS,
    FAILED,
    PLAN,
    PLAN_READY,
    REQUEST_ID,
    RUN,
    SCENARIO,
    SCENARIOS,
    WHO,
    run,
    sample,
)

from stackloom.cloud.sketch import Bar
from stackloom.errors import Problem
from stackloom.web.api import Answer
from stackloom.web.site import Site
from stackloom.wire.graph import Graph
from stackloom.wire.run import RunPage
from stackloom.wire.scenario import Validation

OWN = f"/v1/scenarios/{SCENARIO}"
PAGES = (
    "/",
    "/login",
    "/project",
    "/scenarios/new",
    f"/scenarios/{SCENARIO}",
    f"/scenarios/{SCENARIO}/edit",
    f"/plans/{PLAN}",
    f"/runs/{RUN}",
)
# Where a document is shown, and what is said when it does not come.
PARTS = [
    ("/", "GET /v1/scenarios", "list the scenarios"),
    ("/", "GET /v1/runs", "list the runs"),
    (f"/scenarios/{SCENARIO}", f"GET {OWN}", "show the scenario"),
    (f"/scenarios/{SCENARIO}", f"GET {OWN}/graph", "draw the picture"),
    (f"/scenarios/{SCENARIO}", f"GET {OWN}/resources", "list the resources"),
    (f"/scenarios/{SCENARIO}", f"GET {OWN}/outputs", "read the outputs"),
    (f"/scenarios/{SCENARIO}", f"GET {OWN}/revisions", "list the revisions"),
    (f"/scenarios/{SCENARIO}", "GET /v1/runs", "list the runs"),
    (f"/scenarios/{SCENARIO}/edit", f"GET {OWN}/revisions/1", "edit the scenario"),
    ("/scenarios/new", "POST /v1/scenarios/validate", "check the scenario"),
    ("/scenarios/new", "POST /v1/scenarios/draw", "draw the picture"),
    (f"/plans/{PLAN}", f"GET /v1/plans/{PLAN}", "show the plan"),
    (f"/plans/{PLAN}", f"GET {OWN}/graph?format=svg&overlay=plan:{PLAN}", "draw the picture"),
    (f"/runs/{RUN}", f"GET /v1/runs/{RUN}", "show the run"),
    (f"/runs/{RUN}", f"GET /v1/runs/{RUN}/events", "read what happened"),
    (f"/runs/{RUN}", f"GET /v1/plans/{PLAN}", "read its steps"),
    (f"/runs/{RUN}", f"GET {OWN}/graph?overlay=run:{RUN}&format=svg", "draw the picture"),
    ("/project", "GET /v1/scenarios", "find out who made what"),
    ("/project", f"GET {OWN}/resources", "find out who made what"),
    ("/project", "GET /v1/project/graph?format=json", "list what there is"),
    ("/project", "GET /v1/project/graph?format=svg", "draw the picture"),
]


def text_of(answer: Answer) -> str:
    """Return what a page says, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.body.decode())).split())


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_code_and_no_style_in_its_text(path: str) -> None:
    """The policy forbids both, so that a name which came through somewhere could do nothing."""
    answer = get(sample(), path)

    assert answer.status == 200
    assert answer.headers["content-security-policy"] == (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
        " object-src 'none'"
    )
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    html = answer.body.decode()
    assert (
        re.findall(r"<style|<[^>]*\s(?:style|on\w+)=|<script(?![^>]*src=)|javascript:", html) == []
    )
    assert re.findall(r"(?:src|href)=\"(?:https?:)?//", html) == []


@pytest.mark.parametrize("path", [path for path in PAGES if path != "/login"])
def test_each_page_says_with_what_it_acts(path: str) -> None:
    """Project, user, roles, cloud and the end of the token."""
    assert (
        "project demo user alice roles member, reader cloud http://127.0.0.1:9201/v3"
        " token ends 2026-11-24 13:15:05 UTC" in text_of(get(sample(), path))
    )


@pytest.mark.parametrize(("path", "route", "what"), PARTS)
def test_what_does_not_come_is_shown_as_failed(path: str, route: str, what: str) -> None:
    """Never as empty: with the reason, what to do, and the request id."""
    api = sample()
    api.refuse(route, "cloud.failed", 502, "Neutron broke <down>", hint="look at its log")

    text = text_of(get(api, path))

    assert f"Could not {what}." in text
    assert "Neutron broke <down>" in text
    assert "look at its log" in text
    assert "req-0b4c4d2e-8d34-4d2c-9f7e-2f1f1c3a9b10" in text


def test_what_is_no_document_is_shown_as_failed() -> None:
    """A page of a proxy in between, as an example; the page says so and does not fall over."""
    api = sample()
    api.give("GET /v1/scenarios", b"<html>Bad Gateway</html>", status=502)
    assert "the service answered with status 502" in text_of(get(api, "/"))
    api.give("GET /v1/scenarios", b'{"scenarios": 1}')
    assert "the page does not understand what the service answered" in text_of(get(api, "/"))


def test_who_one_is_may_be_unknown() -> None:
    """While Keystone is away the page says so in its header, and shows what it has."""
    api = sample()
    api.refuse("GET /v1/token", "identity.away", 503, "Keystone does not answer")

    text = text_of(get(api, "/"))

    assert "Who you are could not be asked" in text
    assert "three-tiers" in text


@pytest.mark.parametrize(
    ("path", "login"),
    [
        ("/", "/login"),
        ("/project", "/login?next=/project"),
        (f"/runs/{RUN}?expand=1", f"/login?next=/runs/{RUN}%3Fexpand%3D1"),
    ],
)
def test_without_a_token_one_logs_in_first(path: str, login: str) -> None:
    """And comes back to where one was going."""
    api = sample()
    api.refuse("GET /v1/token", "token.missing", 401, "no token")

    answer = get(api, path)

    assert (answer.status, answer.headers["location"]) == (303, login)


def test_who_has_no_role_is_told_so_and_not_sent_to_log_in() -> None:
    """Logging in once more would lead back to here without a word; logging out is possible."""
    api = sample()
    lacking = "this needs one of the roles admin, member, reader; the token has auditor"
    for route in ("GET /v1/token", "GET /v1/scenarios", "GET /v1/runs"):
        api.refuse(route, "role.missing", 403, lacking)

    answer = get(api, "/")

    assert answer.status == 403
    assert f"Could not list the scenarios. Refused: {lacking}" in text_of(answer)
    assert "Log out" in text_of(answer)


def test_after_the_log_in_one_is_where_one_was_going() -> None:
    """With the cookie that the API gave; what was typed goes there as it is."""
    api = sample()
    api.give("POST /session", b"", status=303, headers={"set-cookie": "stackloom=sealed"})
    typed = [("user", "alice"), ("password", "a&b"), ("next", "/project")]

    answer = post(api, "/login", typed)

    assert (answer.status, answer.headers["location"]) == (303, "/project")
    assert answer.headers["set-cookie"] == "stackloom=sealed"
    assert api.asked[-1].body == b"user=alice&password=a%26b"


@pytest.mark.parametrize("after", ["//evil.test", "https://evil.test", "/\\evil.test", "x", "/\n"])
def test_a_log_in_never_leads_to_another_site(after: str) -> None:
    """Whatever a link to the log-in says."""
    api = sample()
    api.give("POST /session", b"", status=303, headers={"set-cookie": "stackloom=sealed"})

    assert post(api, "/login", [("next", after)]).headers["location"] == "/"


def test_a_log_in_that_is_refused_says_why_and_forgets_the_password() -> None:
    """The name stays in the form."""
    api = sample()
    api.refuse("POST /session", "token.refused", 401, "Keystone does not know them")
    typed = [("user", "alice"), ("password", "sesame"), ("project", "demo")]

    answer = post(api, "/login", typed)

    assert answer.status == 401
    assert "Keystone does not know them" in text_of(answer)
    assert "sesame" not in answer.body.decode()


def test_the_form_is_the_one_of_the_service() -> None:
    """With a Keystone a name and a password are asked for, without one the printed token."""
    html = get(sample(), "/login", site=Site(keystone="http://keystone.test/v3")).body.decode()
    assert [name in html for name in ('name="user"', 'name="password"', 'name="bearer"')] == [
        True,
        True,
        True,
    ]
    assert "http://keystone.test/v3" in html
    html = get(sample(), "/login").body.decode()
    assert [name in html for name in ('name="user"', 'name="bearer"')] == [False, True]


def test_one_logs_out() -> None:
    """The browser forgets the cookie."""
    api = sample()
    api.give("DELETE /session", b"", status=303, headers={"set-cookie": "stackloom=; Max-Age=0"})

    answer = post(api, "/logout", [])

    assert (answer.status, answer.headers["location"]) == (303, "/login")
    assert answer.headers["set-cookie"] == "stackloom=; Max-Age=0"


@pytest.mark.parametrize(
    "path",
    [
        "/login",
        "/logout",
        "/theme",
        "/scenarios/new",
        f"/scenarios/{SCENARIO}/edit",
        f"/scenarios/{SCENARIO}/plan",
        f"/scenarios/{SCENARIO}/check",
        f"/scenarios/{SCENARIO}/delete",
        f"/plans/{PLAN}/apply",
        f"/plans/{PLAN}/cancel",
        f"/runs/{RUN}/action",
    ],
)
@pytest.mark.parametrize("origin", ["http://evil.test", "null", ""])
def test_a_form_of_another_site_does_nothing(path: str, origin: str) -> None:
    """It is refused before anything is asked of the API."""
    api = sample()

    answer = post(api, path, [("operation", "destroy")], origin=origin)

    assert answer.status == 403
    assert "the form was sent from another site" in text_of(answer)
    assert api.asked == []


HOSTILE = "\u202e\"'><script>alert(1)</script>{{7*7}}&amp;"


def _hostile(given: Any) -> Any:
    """Return a document in which every text that may be anything is hostile."""
    if isinstance(given, msgspec.Struct):
        kept = {"id", "type", "change", "action", "result", "state", "operation", "condition"}
        kept |= {"stage", "links", "address", "kind", "name", "key", "bar", "box", "on", "sort"}
        kept |= {"port", "bearer", "request_id"}
        fields = {
            name: value if name in kept else _hostile(value)
            for name, value in msgspec.structs.asdict(given).items()
        }
        return msgspec.structs.replace(given, **fields)
    if isinstance(given, str):
        return HOSTILE
    if isinstance(given, tuple | list):
        return tuple(map(_hostile, given))
    if isinstance(given, Mapping):
        return {key: _hostile(value) for key, value in given.items()}
    return given


@pytest.mark.parametrize("path", [path for path in PAGES if path != "/login"])
def test_hostile_texts_are_text(path: str) -> None:
    """Names, tags, errors, values and files with tags, quotes and letters that turn around."""
    api = sample()
    documents = {
        "GET /v1/token": WHO,
        f"GET {OWN}": SCENARIOS[0],
        f"GET /v1/plans/{PLAN}": PLAN_READY,
        f"GET /v1/runs/{RUN}": run(error=FAILED),
        "GET /v1/runs": RunPage(runs=(run(error=FAILED),)),
    }
    for route, document in documents.items():
        api.give(route, _hostile(document))
    for name in ("resources", "outputs", "revisions", "revisions/1"):
        route = f"GET {OWN}/{name}"
        plain = msgspec.json.decode(api.answers[route].body)
        text = msgspec.json.encode(_hostile_plain(plain)).decode()
        api.give(route, text)
    problem = Problem(file=HOSTILE, line=1, column=1, message=HOSTILE, hint=HOSTILE)
    api.give("POST /v1/scenarios/validate", Validation(is_valid=False, problems=(problem,)))
    graph = msgspec.json.decode(api.answers["GET /v1/project/graph?format=json"].body, type=Graph)
    api.give("GET /v1/project/graph?format=json", _hostile(graph))

    html = get(api, path).body.decode()

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}&amp;amp;" in html
    assert re.findall(r"<[^>]*\son\w+=", html) == []


def _hostile_plain(given: Any) -> Any:
    if isinstance(given, dict):
        kept = {"address", "kind", "condition", "seen_at", "created_at", "links", "cloud_id"}
        return {
            name: value if name in kept else _hostile_plain(value) for name, value in given.items()
        }
    if isinstance(given, list):
        return [_hostile_plain(each) for each in given]
    return HOSTILE if isinstance(given, str) else given


def test_a_destroy_is_planned_with_what_it_needs() -> None:
    """Secrets and a credential go along once; the browser is led to the plan."""
    api = sample()
    api.give("POST /v1/plans", PLAN_READY, status=202)
    fields = [("operation", "destroy"), ("secret_name", "word"), ("secret_value", "sesame")]
    fields += [("secret_name", ""), ("secret_value", ""), ("credential_id", "c1")]
    fields += [("credential_secret", "s1")]

    answer = post(api, f"/scenarios/{SCENARIO}/plan", fields)

    assert (answer.status, answer.headers["location"]) == (303, f"/plans/{PLAN}")
    assert msgspec.json.decode(api.asked[-1].body) == {
        "scenario_id": str(SCENARIO),
        "source": None,
        "operation": "destroy",
        "revision": None,
        "secrets": {"word": "sesame"},
        "credential": {"id": "c1", "secret": "s1"},
    }


@pytest.mark.parametrize(
    ("path", "route", "fields", "tried"),
    [
        (f"/scenarios/{SCENARIO}/plan", "POST /v1/plans", [], "plan the apply"),
        (f"/scenarios/{SCENARIO}/check", "POST /v1/runs", [], "look for drift"),
        (f"/scenarios/{SCENARIO}/delete", f"DELETE {OWN}", [("etag", '"1"')], "delete it"),
        (f"/plans/{PLAN}/apply", "POST /v1/runs", [], "carry the plan out"),
        (f"/plans/{PLAN}/cancel", f"DELETE /v1/plans/{PLAN}", [], "cancel the plan"),
        (
            f"/runs/{RUN}/action",
            f"POST /v1/runs/{RUN}/actions",
            [("action", "retry")],
            "retry the run",
        ),
    ],
)
def test_what_is_refused_is_said_where_it_was_asked_for(
    path: str, route: str, fields: list[tuple[str, str]], tried: str
) -> None:
    """On the same page, with the status of the refusal."""
    api = sample()
    api.refuse(route, "queue.full", 429, "a hundred are waiting")

    answer = post(api, path, fields)

    assert answer.status == 429
    assert f"Could not {tried}." in text_of(answer)
    assert "a hundred are waiting" in text_of(answer)


def test_a_plan_is_carried_out_and_a_run_goes_on() -> None:
    """Each leads to the run that it is about; a retry to the new one."""
    api = sample()
    api.give("POST /v1/runs", run(), status=202)
    answer = post(api, f"/plans/{PLAN}/apply", [])
    assert answer.headers["location"] == f"/runs/{RUN}"
    api.give(f"POST /v1/runs/{RUN}/actions", run(ENDED_RUN), status=202)
    bodies = []
    for action in ("approve", "cancel", "retry"):
        answer = post(api, f"/runs/{RUN}/action", [("action", action)])
        assert answer.headers["location"] == f"/runs/{ENDED_RUN}"
        bodies.append(msgspec.json.decode(api.asked[-1].body))
    assert bodies == [
        {"approve": {}, "cancel": None, "retry": None},
        {"approve": None, "cancel": {}, "retry": None},
        {"approve": None, "cancel": None, "retry": {"secrets": {}, "credential": None}},
    ]


@pytest.mark.parametrize(
    ("path", "route", "answer", "there"),
    [
        (f"/scenarios/{SCENARIO}/check", "POST /v1/runs", run(), f"/runs/{RUN}"),
        (f"/scenarios/{SCENARIO}/delete", f"DELETE {OWN}", b"", "/"),
        (f"/plans/{PLAN}/cancel", f"DELETE /v1/plans/{PLAN}", b"", f"/plans/{PLAN}"),
    ],
)
def test_what_was_asked_for_leads_to_what_it_is_about(
    path: str, route: str, answer: msgspec.Struct | bytes, there: str
) -> None:
    """A check to its run, a delete to the list, a cancelled plan to itself."""
    api = sample()
    api.give(route, answer)

    led = post(api, path, [("etag", '"1.abc"')])

    assert (led.status, led.headers["location"]) == (303, there)


def test_a_page_that_cannot_be_made_says_so_and_notes_why(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The reason is in the log, and not on the page."""

    class Broken(FakeApi):
        async def ask(self, *_given: object, **_named: object) -> Answer:
            raise RuntimeError("a secret of the machine")

    answer = get(Broken(), "/")

    assert answer.status == 500
    assert "the page could not be made" in text_of(answer)
    assert "secret of the machine" not in text_of(answer)
    assert "page_failed '/'" in caplog.messages
    assert "a secret of the machine" in caplog.text


def test_a_log_out_that_fails_is_told() -> None:
    """One is still logged in then."""
    api = sample()
    api.refuse("DELETE /session", "origin.refused", 403, "from elsewhere")
    assert "Could not log out." in text_of(post(api, "/logout", []))


def test_a_scenario_is_kept_with_all_that_was_typed() -> None:
    """Text, files, variables, tags and check; and planned at once where that was asked for."""
    api = sample()
    api.give("POST /v1/scenarios", SCENARIOS[0], status=201)
    api.give("POST /v1/plans", PLAN_READY, status=202)
    fields = [("text", "scenario: one\r\n"), ("variables", "count: 2\r\n"), ("tags", "a, b,")]
    fields += [("file_path", "more.yaml"), ("file_text", "x: 1\r\n"), ("file_path", "")]
    fields += [("file_text", ""), ("check_seconds", "900"), ("action", "plan")]
    fields += [("credential_id", "c1"), ("credential_secret", "s1")]

    answer = post(api, "/scenarios/new", fields)

    assert answer.headers["location"] == f"/plans/{PLAN}"
    created = next(each for each in api.asked if each.path == "/v1/scenarios")
    assert msgspec.json.decode(created.body) == {
        "source": {
            "text": "scenario: one\n",
            "files": {"more.yaml": "x: 1\n"},
            "variables": {"count": 2},
        },
        "tags": ["a", "b"],
        "check": {
            "every_seconds": 900,
            "webhook_url": None,
            "webhook_secret": None,
            "credential": {"id": "c1", "secret": "s1"},
        },
    }
    planned = msgspec.json.decode(api.asked[-1].body)
    assert planned["credential"] == {"id": "c1", "secret": "s1"}
    assert "s1" not in post(api, "/scenarios/new", [*fields, ("action", "look")]).body.decode()


def test_what_is_kept_and_cannot_be_planned_is_not_in_the_editor_any_more() -> None:
    """The page of the scenario says why, and has the fields for secret values."""
    api = sample()
    api.give("POST /v1/scenarios", SCENARIOS[0], status=201)
    api.refuse("POST /v1/plans", "secret.missing", 400, "the values of word are needed")

    answer = post(api, "/scenarios/new", [("text", "scenario: one"), ("action", "plan")])

    assert answer.status == 400
    html = answer.body.decode()
    assert f'<html lang="en" data-path="/scenarios/{SCENARIO}">' in html
    assert "the values of word are needed" in html
    assert '<details class="rights" open>' in html
    assert "<textarea" not in html


def test_another_text_is_kept_over_the_one_that_was_read() -> None:
    """With the ETag of that one; where it is another by now, what was typed is not lost."""
    api = sample()
    api.refuse(f"PUT {OWN}", "etag.mismatch", 412, "somebody else was quicker")
    fields = [("text", "scenario: mine"), ("etag", '"1.abc"'), ("action", "save")]

    answer = post(api, f"/scenarios/{SCENARIO}/edit", fields)

    assert answer.status == 412
    assert "somebody else was quicker" in text_of(answer)
    assert "scenario: mine</textarea>" in answer.body.decode()
    put = next(each for each in api.asked if each.method == "PUT")
    assert put.headers["If-Match"] == '"1.abc"'
    api.give(f"PUT {OWN}", SCENARIOS[0])
    answer = post(api, f"/scenarios/{SCENARIO}/edit", fields)
    assert answer.headers["location"] == f"/scenarios/{SCENARIO}"


def test_problems_are_marked_at_their_line_without_scripts() -> None:
    """Beside the line's number, behind its words, and in a list that quotes it."""
    api = sample()
    wrong = Problem(file="scenario.yaml", line=2, column=1, message="not known", hint="networks")
    elsewhere = Problem(file="more.yaml", line=1, column=1, message="broken")
    api.give("POST /v1/scenarios/validate", Validation(is_valid=False, problems=(wrong, elsewhere)))

    answer = post(
        api, "/scenarios/new", [("text", "scenario: a\nnetworkz: {}"), ("action", "look")]
    )

    assert answer.status == 200
    html = answer.body.decode()
    assert '<span class="wrong">2\n</span>' in html
    assert '<span class="wrong">networkz: {}\n</span>' in html
    text = text_of(answer)
    assert "2 problems line 2 not known networkz: {} networks more.yaml line 1 broken" in text


def test_values_that_are_no_mapping_are_told() -> None:
    """Before the service is asked to keep anything."""
    api = sample()
    for typed in ("- 1", "a: [", "a: 2026-11-24T10:00:00Z\nb: !!binary x"):
        answer = post(api, "/scenarios/new", [("variables", typed), ("action", "save")])
        assert answer.status == 400, typed
        assert "variables" in text_of(answer)
    assert [each for each in api.asked if each.path == "/v1/scenarios"] == []


def test_forms_larger_than_any_of_ours_are_refused() -> None:
    """Too many fields, too many bytes; a text of many lines is shown without their numbers."""
    fields = [("text", "x")] * 1_001
    assert post(sample(), "/scenarios/new", fields).status == 400
    assert post(sample(), "/scenarios/new", [("text", "x" * 11_000_000)]).status == 413
    answer = post(sample(), "/scenarios/new", [("text", "\n" * 20_000), ("action", "look")])
    assert answer.status == 200
    assert '<pre class="gutter" id="gutter" aria-hidden="true"></pre>' in answer.body.decode()


def test_a_run_says_what_failed_and_what_was_not_begun() -> None:
    """The request id of the cloud's answer stands at the step and on the picture."""
    api = sample()
    skipped = msgspec.structs.replace(
        EVENTS[-1],
        seq=9,
        address="server.database",
        result="skipped",
        error=None,
        blamed="server.app",
    )
    page = {"events": [msgspec.to_builtins(each) for each in (*EVENTS, skipped)]}
    api.give(f"GET /v1/runs/{RUN}/events", msgspec.json.encode(page))

    answer = get(api, f"/runs/{RUN}")

    html, text = answer.body.decode(), text_of(answer)
    assert html.count(REQUEST_ID) == 4  # at the step, on its button, on the picture and its title
    assert "not begun, because server.app failed" in text
    assert "engine.over-quota · POST 403 from compute · request" in text
    assert "6 of 8 steps have ended, 1 failed" in text
    assert '<meta http-equiv="refresh" content="5">' in html


def test_a_run_without_a_plan_that_was_kept_is_told_by_its_picture() -> None:
    """The rows are what the graph says of each thing."""
    api = sample()
    api.give(f"GET /v1/runs/{RUN}", run(plan_id=None))
    remarks = {"network.back": {"change": "create", "lines": ["a: 1 → 2"]}, "a b": {}}
    graph = {"title": "", "parts": [], "remarks": remarks}
    path = f"GET {OWN}/graph?overlay=run:{RUN}&format=json"
    api.give(path, msgspec.json.encode(graph))
    api.give(f"GET /v1/runs/{RUN}/events", b'{"events": []}')

    text = text_of(get(api, f"/runs/{RUN}"))

    assert "network.back create waiting a: 1 → 2" in text


def test_a_run_that_is_not_planned_yet_has_no_picture() -> None:
    """And says that it waits."""
    api = sample()
    api.give(f"GET /v1/runs/{RUN}", run(state="queued", plan_id=None, counts=None))
    api.give(f"GET /v1/runs/{RUN}/events", b'{"events": []}')

    html = get(api, f"/runs/{RUN}").body.decode()

    assert 'data-state="queued"' in html
    assert "<h2>Steps</h2>" not in html


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("pending", "Waiting for a worker."),
        ("planning", "Looking at the cloud and comparing."),
    ],
)
def test_a_plan_under_way_says_so_and_can_be_cancelled(state: str, said: str) -> None:
    """It refreshes itself without scripts."""
    api = sample()
    plan = msgspec.structs.replace(
        PLAN_READY, state=state, ready_at=None, counts=None, steps=(), last_seq=1
    )
    api.give(f"GET /v1/plans/{PLAN}", plan)

    html = get(api, f"/plans/{PLAN}").body.decode()

    assert said in html
    assert f'action="/plans/{PLAN}/cancel"' in html
    assert 'http-equiv="refresh"' in html
    assert f'data-events="/v1/plans/{PLAN}/events" data-after="1"' in html


def test_a_plan_that_failed_says_why() -> None:
    """With the request id, and no button to apply it."""
    api = sample()
    error = msgspec.structs.replace(FAILED, request_id=REQUEST_ID)
    plan = msgspec.structs.replace(PLAN_READY, state="failed", steps=(), error=error)
    api.give(f"GET /v1/plans/{PLAN}", plan)

    answer = get(api, f"/plans/{PLAN}")

    assert "The plan could not be made." in text_of(answer)
    assert REQUEST_ID in text_of(answer)
    assert f"/plans/{PLAN}/apply" not in answer.body.decode()


def test_the_theme_is_kept_in_a_cookie() -> None:
    """And each page comes with it; what is no theme is what the system prefers."""
    api = sample()
    answer = post(api, "/theme", [("theme", "dark"), ("next", "/project")])
    assert answer.headers["location"] == "/project"
    assert answer.headers["set-cookie"] == ("theme=dark; Path=/; Max-Age=31536000; SameSite=Strict")
    assert (
        '<html lang="en" data-path="/" data-theme="dark">'
        in get(api, "/", cookie="theme=dark").body.decode()
    )
    answer = post(api, "/theme", [("theme", "pink")])
    assert answer.headers["set-cookie"] == "theme=; Path=/; Max-Age=0; SameSite=Strict"
    assert '<html lang="en" data-path="/">' in get(api, "/", cookie="theme=pink").body.decode()


def test_what_is_not_there_is_said_to_be_so() -> None:
    """A path that no page has, an id that is none, a method that no page takes."""
    api = sample()
    assert get(api, "/scenarios/none").status == 404
    assert get(api, "/runs").status == 404
    assert get(api, "/theme").status == 405
    missing = get(api, "/plans/00000000-0000-0000-0000-000000000009")
    assert (missing.status, "Could not show the plan." in text_of(missing)) == (404, True)


def test_a_picture_may_be_too_large_for_a_page() -> None:
    """It is said, and the table is there."""
    api = sample()
    api.give("GET /v1/project/graph?format=svg", "<svg>" + "x" * 1_000_000 + "</svg>")
    text = text_of(get(api, "/project"))
    assert "it has 1,000,011 characters of SVG, and 1,000,000 fit here" in text
    assert "front" in text


@pytest.mark.parametrize(
    "path", ["/project", f"/scenarios/{SCENARIO}", f"/plans/{PLAN}", f"/runs/{RUN}"]
)
def test_what_is_alike_is_shown_one_by_one_and_together_again(path: str) -> None:
    """The way back is there, too."""
    api = sample()
    together = get(api, path).body.decode()
    assert f'<a href="{path}?expand=1">Each by itself</a>' in together
    assert [asked.path for asked in api.asked if "expand=true" in asked.path] == []

    drawn = "GET /v1/project/graph?format=svg"
    api.answers[f"{drawn}&expand=true"] = api.answers[drawn]
    apart = get(api, f"{path}?expand=1").body.decode()
    assert f'<a href="{path}">Those alike as one</a>' in apart
    assert "Each by itself" not in apart
    assert [asked.path for asked in api.asked if "expand=true" in asked.path] != []


def test_an_empty_project_says_what_to_do() -> None:
    """It is empty, and not failed."""
    api = sample()
    api.give("GET /v1/scenarios", b'{"scenarios": []}')
    assert "This project has no scenario yet." in text_of(get(api, "/"))
    api.give("GET /v1/project/graph?format=json", Graph(title="", parts=(), remarks={}))
    assert "The project is empty." in text_of(get(api, "/project"))


def test_the_next_page_of_a_list_is_a_link() -> None:
    """With the marker that the API gave."""
    api = sample()
    page = msgspec.json.decode(api.answers["GET /v1/scenarios"].body)
    page["links"] = [{"rel": "next", "href": f"http://page.test/v1/scenarios?marker={SCENARIO}"}]
    api.give("GET /v1/scenarios", msgspec.json.encode(page))
    assert f'href="/?marker={SCENARIO}"' in get(api, "/").body.decode()
    get(api, f"/?marker={SCENARIO}")
    assert f"/v1/scenarios?limit=100&marker={SCENARIO}" in [each.path for each in api.asked]


def test_the_project_says_who_made_what() -> None:
    """The scenario, none, or that it is not known where not all scenarios could be asked."""
    api = sample()
    parts = (Bar(key="n-1", label="front"), Bar(key="n-9", label="stranger"))
    api.give("GET /v1/project/graph?format=json", Graph(title="", parts=parts, remarks={}))
    api.give(f"GET /v1/scenarios/{SCENARIOS[2].id}/resources", b"", status=404)
    text = text_of(get(api, "/project"))
    assert "front network three-tiers n-1 stranger network no scenario n-9" in text
    page = msgspec.json.decode(api.answers["GET /v1/scenarios"].body)
    page["links"] = [{"rel": "next", "href": "http://page.test/v1/scenarios?marker=x"}]
    api.give("GET /v1/scenarios", msgspec.json.encode(page))
    assert "stranger network not known n-9" in text_of(get(api, "/project"))


def test_a_reader_is_offered_nothing_that_they_may_not() -> None:
    """The pages are the same, without the buttons."""
    api = sample()
    api.give("GET /v1/token", msgspec.structs.replace(WHO, may_change=False))
    html = {path: get(api, path).body.decode() for path in PAGES}
    assert [path for path in PAGES if "may only read" not in html[path]] == ["/login"]
    forms = {action for each in html.values() for action in re.findall(r'action="([^"]+)"', each)}
    assert {each for each in forms if "/scenarios/" not in each} == {
        "/login",
        "/logout",
        "/theme",
        f"/runs/{RUN}/action",  # what may be done with a run is what the API says of it
    }
    assert not [each for each in html.values() if "Save" in each or "New scenario</a>" in each]


def test_what_is_missing_from_the_project_is_said() -> None:
    """In its place, with what could not be listed."""
    api = sample()
    graph = Graph(title="", parts=(), remarks={}, notices=("volumes could not be listed: 403",))
    api.give("GET /v1/project/graph?format=json", graph)
    text = text_of(get(api, "/project"))
    assert "This is not all: some of it could not be listed." in text
    assert "volumes could not be listed: 403" in text


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("page.js", "text/javascript; charset=utf-8"),
        ("page.css", "text/css; charset=utf-8"),
        ("colours.css", "text/css; charset=utf-8"),
        ("topology.css", "text/css; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
        ("roboto.ttf", "font/ttf"),
    ],
)
def test_files_come_from_the_package(name: str, media_type: str) -> None:
    """Also the letters, so that nothing is asked of another host; not sent twice."""
    answer = get(FakeApi(), f"/static/{name}")
    assert (answer.status, answer.headers["content-type"]) == (200, media_type)
    known = {"If-None-Match": answer.headers["etag"]}
    again = get(FakeApi(), f"/static/{name}", headers=known)
    assert (again.status, again.body) == (304, b"")
    assert get(FakeApi(), "/static/../pages.py").status == 404
    assert get(FakeApi(), "/static/none.js").status == 404
