# SPDX-License-Identifier: Apache-2.0
"""Scenarios are kept as they were sent, once nothing is wrong with them, for their project."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from tests.service.desks import MEMBER, NOBODY, READER, URL, at_desk, caller, grants_at, plain

from stackloom.service.operation import scenarios
from stackloom.service.operation.desk import Desk
from stackloom.service.operation.queries import RevisionQuery, ScenarioQuery
from stackloom.service.refusal import Refused
from stackloom.service.sealed import open_webhook_secret
from stackloom.wire.credential import Credential
from stackloom.wire.problem import Source
from stackloom.wire.scenario import (
    Check,
    Revision,
    Scenario,
    ScenarioCreate,
    ScenarioReplace,
    ScenarioSource,
)

ONE = ScenarioSource(text="scenario: one\nnetworks: {blue: {}}\n")
TWO = ScenarioSource(text="scenario: one\nnetworks: {blue: {}, green: {}}\n")
SECRETIVE = ScenarioSource(
    text="scenario: one\nvariables: {word: {type: string, secret: true}}\nnetworks: {blue: {}}\n"
)


async def _kept(desk: Desk, source: ScenarioSource = ONE, **more: object) -> Scenario:
    request = ScenarioCreate(source=source, **more)  # type: ignore[arg-type]  # its fields
    return await scenarios.create_scenario(MEMBER, desk, request)


def _named(name: str) -> ScenarioSource:
    return ScenarioSource(text=f"scenario: {name}\nnetworks: {{blue: {{}}}}\n")


def _links(id: UUID) -> list[dict[str, str]]:
    own = f"{URL}/v1/scenarios/{id}"
    return [
        {"rel": "self", "href": own},
        {"rel": "revisions", "href": f"{own}/revisions"},
        {"rel": "resources", "href": f"{own}/resources"},
        {"rel": "outputs", "href": f"{own}/outputs"},
        {"rel": "graph", "href": f"{own}/graph"},
        {"rel": "plans", "href": f"{URL}/v1/plans?scenario_id={id}"},
        {"rel": "runs", "href": f"{URL}/v1/runs?scenario_id={id}"},
        {"rel": "events", "href": f"{URL}/v1/events?scenario_id={id}"},
    ]


def test_a_scenario_is_kept_and_shown(database_url: str) -> None:
    """With its name out of the text, its first revision, and ways to what belongs to it."""

    async def work(desk: Desk) -> tuple[Scenario, Scenario, Revision]:
        made = await _kept(desk, tags=("lab", "spring"))
        shown = await scenarios.show_scenario(READER, desk, made.id)
        return made, shown, await scenarios.show_revision(READER, desk, made.id, 1)

    made, shown, revision = at_desk(database_url, work)
    assert shown == made
    created = plain(made.created_at)
    assert plain(made) == {
        "id": str(made.id),
        "name": "one",
        "revision": 1,
        "condition": "unknown",
        "tags": ["lab", "spring"],
        "check": None,
        "checked_at": None,
        "last_run_id": None,
        "created_at": created,
        "created_by": "ada-id",
        "updated_at": plain(made.updated_at),
        "links": _links(made.id),
    }
    assert plain(revision) == {
        "number": 1,
        "source": {"text": ONE.text, "files": {}, "variables": {}},
        "created_at": plain(revision.created_at),
        "created_by": "ada-id",
        "links": [
            {"rel": "self", "href": f"{URL}/v1/scenarios/{made.id}/revisions/1"},
            {"rel": "scenario", "href": f"{URL}/v1/scenarios/{made.id}"},
        ],
    }


def test_a_scenario_with_problems_is_not_kept(database_url: str) -> None:
    """All of them are told, with line and column."""
    wrong = ScenarioSource(
        text="scenario: one\nnetworks:\n  blue: {mtuu: 1400}\nsubnets:\n  a: {network: gone}\n"
    )

    async def work(desk: Desk) -> tuple[Refused, int]:
        with pytest.raises(Refused) as caught:
            await _kept(desk, wrong)
        page = await scenarios.list_scenarios(MEMBER, desk, ScenarioQuery())
        return caught.value, len(page.scenarios)

    refused, number = at_desk(database_url, work)
    assert (refused.code, refused.message) == ("scenario.invalid", "the scenario has 2 problems")
    assert [(each.line, each.column) for each in refused.problems] == [(3, 10), (5, 6)]
    assert number == 0


def test_the_value_of_a_secret_is_not_kept(database_url: str) -> None:
    """It comes with each plan or run."""
    given = ScenarioSource(text=SECRETIVE.text, variables={"word": "open"})

    async def work(desk: Desk) -> Refused:
        await _kept(desk, SECRETIVE)
        with pytest.raises(Refused) as caught:
            await _kept(desk, given)
        return caught.value

    refused = at_desk(database_url, work)
    assert refused.code == "scenario.invalid"
    assert [each.message for each in refused.problems] == [
        'the value of the secret "word" does not belong here'
    ]


def test_a_name_is_there_once(database_url: str) -> None:
    """In each project."""

    async def work(desk: Desk) -> Refused:
        await _kept(desk)
        other = caller("member", project="green")
        await scenarios.create_scenario(other, desk, ScenarioCreate(source=ONE))
        with pytest.raises(Refused) as caught:
            await _kept(desk)
        return caught.value

    assert at_desk(database_url, work).code == "scenario.exists"


def test_a_page_leads_to_the_next(database_url: str) -> None:
    """With what was asked for, until there are no more; also the other way round."""

    async def work(desk: Desk) -> list[list[str]]:
        for name in "abcde":
            await _kept(desk, _named(name), tags=("x",))
        walks = []
        for sort in ("created_at", "created_at:desc"):
            names, query = [], ScenarioQuery(limit=2, tags=("x",), sort=sort)
            while True:
                page = await scenarios.list_scenarios(READER, desk, query)
                names += [each.name for each in page.scenarios]
                following = [link.href for link in page.links if link.rel == "next"]
                if not following:
                    break
                marker = page.scenarios[-1].id
                more = "&sort=created_at%3Adesc" if sort == "created_at:desc" else ""
                path = f"{URL}/v1/scenarios?limit=2"
                assert following == [f"{path}&tags=x{more}&marker={marker}"]
                query = ScenarioQuery(limit=2, marker=marker, tags=("x",), sort=sort)
            walks.append(names)
        return walks

    assert at_desk(database_url, work) == [list("abcde"), list("edcba")]


def test_scenarios_are_found_by_what_they_are(database_url: str) -> None:
    """By name, by tags that they all have, by condition."""

    async def work(desk: Desk) -> list[list[str]]:
        await _kept(desk, _named("a"), tags=("x", "y"))
        await _kept(desk, _named("b"), tags=("x",))
        queries = (
            ScenarioQuery(name="b"),
            ScenarioQuery(tags=("x", "y")),
            ScenarioQuery(condition="unknown"),
            ScenarioQuery(condition="drifted"),
        )
        pages = [await scenarios.list_scenarios(READER, desk, query) for query in queries]
        return [[each.name for each in page.scenarios] for page in pages]

    assert at_desk(database_url, work) == [["b"], ["a"], ["a", "b"], []]


def test_a_replacement_is_a_new_revision(database_url: str) -> None:
    """The old one can still be read; who has not seen the newest one replaces nothing."""

    async def work(desk: Desk) -> tuple[Scenario, list[tuple[int, str]], Refused]:
        made = await _kept(desk)
        replacement = ScenarioReplace(source=TWO, tags=("new",))
        replaced = await scenarios.replace_scenario(MEMBER, desk, made.id, 1, replacement)
        page = await scenarios.list_revisions(READER, desk, made.id, RevisionQuery())
        with pytest.raises(Refused) as caught:
            await scenarios.replace_scenario(MEMBER, desk, made.id, 1, replacement)
        texts = [(each.number, each.source.text) for each in page.revisions]
        return replaced, texts, caught.value

    replaced, texts, refused = at_desk(database_url, work)
    assert (replaced.revision, replaced.tags) == (2, ("new",))
    assert texts == [(2, TWO.text), (1, ONE.text)]
    assert refused.code == "etag.mismatch"


def test_pages_of_long_revisions_are_short(database_url: str) -> None:
    """As many as fit, one at least, and the others behind the link: nobody asks for all at once."""
    long = f"scenario: one\nnetworks: {{blue: {{}}}}\n#{'x' * 120_000}\n"
    files = {f"{n}.yaml": f"#{'x' * 100_000}" for n in range(5)}
    sources = [ScenarioSource(text=f"{long}# {n}\n", files=files) for n in range(4)]

    async def work(desk: Desk) -> list[list[int]]:
        made = await scenarios.create_scenario(MEMBER, desk, ScenarioCreate(source=sources[0]))
        for revision, source in enumerate(sources[1:], start=1):
            replaced = ScenarioReplace(source=source)
            await scenarios.replace_scenario(MEMBER, desk, made.id, revision, replaced)
        pages, marker = [], None
        while True:
            query = RevisionQuery(limit=1_000, marker=marker)
            page = await scenarios.list_revisions(READER, desk, made.id, query)
            pages.append([each.number for each in page.revisions])
            if [each.rel for each in page.links] == ["self"]:
                return pages
            marker = page.revisions[-1].number
            assert page.links[-1].href.endswith(f"?limit=1000&marker={marker}")

    assert at_desk(database_url, work) == [[4], [3], [2], [1]]


def test_revisions_come_in_pages(database_url: str) -> None:
    """The newest first."""

    async def work(desk: Desk) -> tuple[list[int], list[str]]:
        made = await _kept(desk)
        for number in (1, 2):
            await scenarios.replace_scenario(
                MEMBER, desk, made.id, number, ScenarioReplace(source=TWO)
            )
        page = await scenarios.list_revisions(READER, desk, made.id, RevisionQuery(limit=2))
        rest = await scenarios.list_revisions(
            READER, desk, made.id, RevisionQuery(limit=2, marker=2)
        )
        numbers = [each.number for each in (*page.revisions, *rest.revisions)]
        path = f"{URL}/v1/scenarios/{made.id}/revisions?limit=2"
        assert [link.href for link in rest.links] == [f"{path}&marker=2"]
        return numbers, [link.href.removeprefix(path) for link in page.links]

    assert at_desk(database_url, work) == ([3, 2, 1], ["", "&marker=2"])


def test_a_scenario_keeps_its_name(database_url: str) -> None:
    """What it has in the cloud carries it."""

    async def work(desk: Desk) -> Refused:
        made = await _kept(desk)
        with pytest.raises(Refused) as caught:
            await scenarios.replace_scenario(
                MEMBER, desk, made.id, 1, ScenarioReplace(source=_named("other"))
            )
        return caught.value

    assert at_desk(database_url, work).code == "scenario.renamed"


def test_a_deleted_scenario_is_gone(database_url: str) -> None:
    """And its name is free."""

    async def work(desk: Desk) -> list[str]:
        made = await _kept(desk)
        codes = []
        for revision in (2, 1, 1):
            try:
                await scenarios.delete_scenario(MEMBER, desk, made.id, revision)
                codes.append("")
            except Refused as refused:
                codes.append(refused.code)
        with pytest.raises(Refused) as caught:
            await scenarios.show_scenario(READER, desk, made.id)
        await _kept(desk)
        return [*codes, caught.value.code]

    assert at_desk(database_url, work) == ["etag.mismatch", "", "not-found", "not-found"]


def test_a_check_has_rights_of_its_own(database_url: str) -> None:
    """For reading only; its secret is sealed and is not shown."""
    check = Check(every_seconds=300, webhook_url="http://hooks.test/x", webhook_secret="s3cret")

    async def work(desk: Desk) -> Scenario:
        made = await _kept(desk, check=check)
        [grant] = grants_at(desk).made
        assert grant.roles == ("reader",)
        async with desk.pool.connection() as connection:
            cursor = await connection.execute(
                "select webhook_secret, check_grant_id from stackloom.scenarios"
            )
            row = await cursor.fetchone()
        assert row is not None
        assert row["check_grant_id"] == grant.id
        opened = open_webhook_secret(
            desk.seal, row["webhook_secret"], project_id="blue", scenario_name="one"
        )
        assert opened == b"s3cret"
        return made

    made = at_desk(database_url, work)
    assert made.check == Check(every_seconds=300, webhook_url="http://hooks.test/x")


def test_who_cannot_hand_rights_on_brings_some(database_url: str) -> None:
    """For checks too; what was brought is not shown."""
    delegated = caller("member", "reader", is_delegated=True)

    async def work(desk: Desk) -> tuple[str, Scenario, str]:
        request = ScenarioCreate(source=ONE, check=Check(every_seconds=300))
        with pytest.raises(Refused) as caught:
            await scenarios.create_scenario(delegated, desk, request)
        credential = Credential(id="mine", secret="s3cret")
        check = Check(every_seconds=300, credential=credential)
        request = ScenarioCreate(source=ONE, check=check)
        made = await scenarios.create_scenario(delegated, desk, request)
        return caught.value.code, made, grants_at(desk).made[0].reference

    code, made, reference = at_desk(database_url, work)
    assert (code, reference) == ("grant.not-delegable", "mine")
    assert made.check == Check(every_seconds=300)


def test_what_refuses_a_check(database_url: str) -> None:
    """Nothing unsigned is sent, and nobody is there to say secrets; no rights are left over."""

    async def work(desk: Desk) -> list[tuple[str, Source | None]]:
        refusals = []
        for source, check in (
            (ONE, Check(every_seconds=300, webhook_url="http://hooks.test/x")),
            (ONE, Check(every_seconds=300, webhook_secret="s3cret")),
            (SECRETIVE, Check(every_seconds=300)),
            (ONE, Check(every_seconds=300, webhook_url="http://x.test/", webhook_secret="s3cret")),
        ):
            with pytest.raises(Refused) as caught:
                await _kept(desk, source, check=check)
            refusals.append((caught.value.code, caught.value.source))
        assert grants_at(desk).made == []
        return refusals

    assert at_desk(database_url, work) == [
        ("body.invalid", Source(pointer="$.check.webhook_secret")),
        ("body.invalid", Source(pointer="$.check.webhook_secret")),
        ("body.invalid", Source(pointer="$.check.every_seconds")),
        ("webhook.not-allowed", Source(pointer="$.check.webhook_url")),
    ]


def test_a_check_whose_scenario_is_refused_has_no_rights(database_url: str) -> None:
    """They are taken back at once."""

    async def work(desk: Desk) -> None:
        await _kept(desk)
        with pytest.raises(Refused):
            await _kept(desk, check=Check(every_seconds=300))
        fakes = grants_at(desk)
        assert fakes.ended == [each.id for each in fakes.made]
        assert len(fakes.ended) == 1

    at_desk(database_url, work)


def test_rights_that_cannot_be_taken_back_at_once_are_noted(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Which they are and why, in the message itself: the log has no room for anything else."""

    async def work(desk: Desk) -> str:
        await _kept(desk)
        fakes = grants_at(desk)
        fakes.is_away = True
        with pytest.raises(Refused):
            await _kept(desk, check=Check(every_seconds=300))
        return str(fakes.made[-1].id)

    grant = at_desk(database_url, work)
    noted = [message for message in caplog.messages if "grant_not_ended" in message]
    assert len(noted) == 1
    assert noted[0].startswith(f"grant_not_ended {grant}: ")


def test_a_webhook_keeps_its_secret(database_url: str) -> None:
    """Where it is not sent again."""
    check = Check(every_seconds=300, webhook_url="http://hooks.test/x", webhook_secret="s3cret")

    async def work(desk: Desk) -> Scenario:
        made = await _kept(desk, check=check)
        assert made.check is not None
        again = ScenarioReplace(source=TWO, check=made.check)
        return await scenarios.replace_scenario(MEMBER, desk, made.id, 1, again)

    assert at_desk(database_url, work).check == Check(
        every_seconds=300, webhook_url="http://hooks.test/x"
    )


def test_texts_are_validated_without_being_kept(database_url: str) -> None:
    """Also by who may only read."""

    async def work(desk: Desk) -> object:
        return plain(await scenarios.validate_source(READER, desk, SECRETIVE))

    assert at_desk(database_url, work) == {
        "is_valid": True,
        "problems": [],
        "name": "one",
        "resources": 1,
        "secrets": ["word"],
        "secrets_needed": ["word"],
    }


def test_roles_are_asked_for_first(database_url: str) -> None:
    """Before anything is read; a reader changes nothing, and without a role nothing is shown."""

    async def work(desk: Desk) -> list[str]:
        nowhere = uuid4()
        replacement = ScenarioReplace(source=ONE)
        calls = (
            scenarios.create_scenario(READER, desk, ScenarioCreate(source=ONE)),
            scenarios.replace_scenario(READER, desk, nowhere, 1, replacement),
            scenarios.delete_scenario(READER, desk, nowhere, 1),
            scenarios.validate_source(NOBODY, desk, ONE),
            scenarios.list_scenarios(NOBODY, desk, ScenarioQuery()),
            scenarios.show_scenario(NOBODY, desk, nowhere),
            scenarios.show_revision(NOBODY, desk, nowhere, 1),
            scenarios.list_revisions(NOBODY, desk, nowhere, RevisionQuery()),
        )
        codes = []
        for call in calls:
            with pytest.raises(Refused) as caught:
                await call
            codes.append(caught.value.code)
        return codes

    assert at_desk(database_url, work) == ["role.missing"] * 8
