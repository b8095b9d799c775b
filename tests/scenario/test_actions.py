# SPDX-License-Identifier: Apache-2.0
"""Carrying steps out on a cloud that misbehaves: nothing is made twice."""

from __future__ import annotations

import asyncio

import pytest
from tests.fakes.fake_cloud import FakeCloud, Fault, Trouble
from tests.fakes.weaving import (
    apply,
    changes,
    destroy,
    executor,
    failures,
    open_cloud,
    plan,
    results,
    scenario,
)

from stackloom.cloud.mark import Address
from stackloom.errors import InDoubt, LostLease
from stackloom.scenario.events import Event, Outcome, Result, StepAccepted, StepInDoubt
from stackloom.scenario.model import Scenario
from stackloom.scenario.plan import Action, Plan, Step
from stackloom.transport.client import Answer, Request

ONE_NETWORK = scenario("scenario: s\nnetworks: {blue: {}}\n")
THREE_NETWORKS = scenario("scenario: s\nnetworks: {a: {}, b: {}, c: {}}\n")
ONE_SERVER = scenario(
    "scenario: s\nservers: {alice: {image: cirros, flavor: m1.tiny}}\n",
)
TWO_NETWORKS = scenario(
    """\
scenario: s
networks: {blue: {cidr: 10.1.0.0/24}, green: {cidr: 10.2.0.0/24}}
routers: {hub: {connects: [blue, green]}}
servers:
  alice: {image: cirros, flavor: m1.tiny, networks: [blue]}
  bob: {image: cirros, flavor: m1.tiny, networks: [green]}
"""
)
NETWORKS = "/v2.0/networks"

DONE_ALL_THE_SAME = [
    Trouble.LOST_AFTER,
    Trouble.FAULT_AFTER,
    Trouble.GATEWAY_AFTER,
    Trouble.NONSENSE_AFTER,
    Trouble.EMPTY_AFTER,
    Trouble.SHORT_AFTER,
]
NOTHING_DONE = [Trouble.LOST_BEFORE, Trouble.FAULT_BEFORE, Trouble.GATEWAY_BEFORE]


def _posts(cloud: FakeCloud) -> list[str]:
    return [line for line in cloud.requests if line.startswith("POST") and "auth" not in line]


def _changing(cloud: FakeCloud) -> list[str]:
    return [line for line in cloud.requests if not line.startswith("GET") and "auth" not in line]


def test_a_scenario_is_made_with_few_requests() -> None:
    """One list a kind, one bulk a kind where there is one, one poll for all servers."""
    cloud = FakeCloud()
    outcomes = asyncio.run(apply(cloud, TWO_NETWORKS))
    assert set(results(outcomes).values()) == {"done"}
    assert sorted(cloud.requests) == [
        "GET /v2.0/networks",
        "GET /v2.0/ports",
        "GET /v2.0/routers",
        "GET /v2.0/subnets",
        "GET /v2.1/",
        "GET /v2.1/flavors/detail",
        "GET /v2.1/servers/detail",
        "GET /v2.1/servers/detail",
        "GET /v2.1/servers/detail",
        "GET /v2/images",
        "POST /v2.0/networks",
        "POST /v2.0/routers",
        "POST /v2.0/subnets",
        "POST /v2.1/servers",
        "POST /v2.1/servers",
        "POST /v3/auth/tokens",
        "PUT /v2.0/routers/router-5/add_router_interface",
        "PUT /v2.0/routers/router-5/add_router_interface",
    ]


def test_a_second_apply_changes_nothing() -> None:
    """It looks, and sends nothing that changes anything."""
    cloud = FakeCloud()
    asyncio.run(apply(cloud, TWO_NETWORKS))
    before, told = len(_changing(cloud)), cloud.told()
    asyncio.run(apply(cloud, TWO_NETWORKS))
    assert (len(_changing(cloud)), cloud.told()) == (before, told)


def test_destroy_takes_away_what_carries_the_mark_and_nothing_else() -> None:
    """A network of the same name, and one of another scenario, are not ours."""

    async def run(cloud: FakeCloud) -> None:
        await apply(cloud, scenario("scenario: other\nnetworks: {blue: {cidr: 10.1.0.0/24}}\n"))
        cloud.tables["network"]["theirs"] = {"id": "theirs", "name": "blue", "description": ""}
        before = cloud.told()
        await apply(cloud, TWO_NETWORKS)
        await destroy(cloud, TWO_NETWORKS)
        assert cloud.told() == before

    asyncio.run(run(FakeCloud()))


@pytest.mark.parametrize("trouble", DONE_ALL_THE_SAME)
@pytest.mark.parametrize("wanted", [ONE_NETWORK, ONE_SERVER])
def test_a_create_that_was_done_is_found_by_its_mark_and_not_repeated(
    trouble: Trouble, wanted: Scenario
) -> None:
    """However its answer went astray."""
    cloud = FakeCloud(faults=[Fault(trouble=trouble, on="POST /v2.[01]/")])
    outcomes = asyncio.run(apply(cloud, wanted))
    assert set(results(outcomes).values()) == {"done"}
    assert len(_posts(cloud)) == 1


@pytest.mark.parametrize("trouble", NOTHING_DONE)
@pytest.mark.parametrize("wanted", [ONE_NETWORK, ONE_SERVER])
def test_a_create_that_was_not_done_is_sent_once_more(trouble: Trouble, wanted: Scenario) -> None:
    """After looking three times, for a list may lag."""
    cloud = FakeCloud(faults=[Fault(trouble=trouble, on="POST /v2.[01]/")])
    outcomes = asyncio.run(apply(cloud, wanted))
    assert set(results(outcomes).values()) == {"done"}
    first, second = (place for place, line in enumerate(cloud.requests) if line in _posts(cloud))
    between = cloud.requests[first + 1 : second]
    assert between.count("GET /v2.0/networks" if wanted is ONE_NETWORK else "GET /v2.0/ports") == 3


def test_a_create_in_doubt_twice_has_failed() -> None:
    """It is not sent a third time; the error is the service's."""
    cloud = FakeCloud(faults=[Fault(trouble=Trouble.LOST_BEFORE, on="POST /v2.0", times=9)])
    outcomes = asyncio.run(apply(cloud, ONE_NETWORK))
    assert failures(outcomes) == [
        (
            "network.blue: Neutron may have done POST http://cloud.test/v2.0/networks, or not:"
            " the answer was lost: connection reset"
        )
    ]
    assert len(_posts(cloud)) == 2
    assert isinstance(outcomes[0].error, InDoubt)


def test_a_refused_create_is_not_repeated() -> None:
    """What the service says no to stays a no, in its own words."""
    cloud = FakeCloud(refused_names=["blue"])
    outcomes = asyncio.run(apply(cloud, ONE_NETWORK))
    assert failures(outcomes) == [
        (
            "network.blue: Neutron answered POST /v2.0/networks with:"
            " blue is not wanted here (HTTP 409)"
        )
    ]
    assert len(_posts(cloud)) == 1


@pytest.mark.parametrize("trouble", [Trouble.BUSY, Trouble.UNAUTHORIZED])
def test_what_was_refused_before_anything_was_done_is_sent_again(trouble: Trouble) -> None:
    """Without looking: 503 with Retry-After and 401 leave nothing in doubt."""
    cloud = FakeCloud(faults=[Fault(trouble=trouble, on="POST /v2.0")])
    outcomes = asyncio.run(apply(cloud, ONE_NETWORK))
    assert set(results(outcomes).values()) == {"done"}
    assert cloud.requests[-1] == "POST /v2.0/networks"
    assert cloud.requests.count("GET /v2.0/networks") == 1


def test_a_cloud_without_bulk_gets_single_requests() -> None:
    """The refusal of the bulk costs one request, and no step fails."""
    cloud = FakeCloud(has_bulk=False)
    outcomes = asyncio.run(apply(cloud, THREE_NETWORKS))
    assert set(results(outcomes).values()) == {"done"}
    assert len(_posts(cloud)) == 4


def test_singles_tell_which_one_of_a_bulk_is_at_fault() -> None:
    """The others are made."""
    cloud = FakeCloud(refused_names=["b"])
    outcomes = asyncio.run(apply(cloud, THREE_NETWORKS))
    assert results(outcomes) == {
        "create network.a": "done",
        "create network.b": "failed",
        "create network.c": "done",
    }
    assert cloud.told() == ["network a", "network c"]


@pytest.mark.parametrize("trouble", DONE_ALL_THE_SAME)
def test_a_bulk_that_was_done_is_adopted_as_a_whole(trouble: Trouble) -> None:
    """One look finds all of it."""
    cloud = FakeCloud(faults=[Fault(trouble=trouble, on="POST /v2.0")])
    outcomes = asyncio.run(apply(cloud, THREE_NETWORKS))
    assert set(results(outcomes).values()) == {"done"}
    assert (_posts(cloud), len(cloud.told())) == ([f"POST {NETWORKS}"], 3)


@pytest.mark.parametrize("trouble", NOTHING_DONE)
def test_a_bulk_that_was_not_done_is_made_singly(trouble: Trouble) -> None:
    """Nothing is there, so each is sent once."""
    cloud = FakeCloud(faults=[Fault(trouble=trouble, on="POST /v2.0")])
    outcomes = asyncio.run(apply(cloud, THREE_NETWORKS))
    assert set(results(outcomes).values()) == {"done"}
    assert (len(_posts(cloud)), len(cloud.told())) == (4, 3)


def test_of_a_bulk_that_was_half_done_only_the_rest_is_made() -> None:
    """An emulated bulk may leave some behind: those are adopted, the others sent singly."""
    cloud = FakeCloud(faults=[Fault(trouble=Trouble.FAULT_AFTER, on="POST /v2.0")])

    def lose_two(number: int, handled: bool) -> None:
        if handled and cloud.requests[:number].count(f"POST {NETWORKS}") == 1:
            for id in [*cloud.tables["network"]][1:]:
                del cloud.tables["network"][id]

    cloud.on_request = lose_two
    outcomes = asyncio.run(apply(cloud, THREE_NETWORKS))
    assert set(results(outcomes).values()) == {"done"}
    assert (len(_posts(cloud)), cloud.told()) == (3, ["network a", "network b", "network c"])


def test_a_look_that_fails_leaves_the_bulk_in_doubt_and_sends_nothing_again() -> None:
    """Better a failed step than a double; other bulks of the same run go on."""
    faults = [
        Fault(trouble=Trouble.LOST_AFTER, on="POST /v2.0/networks"),
        Fault(trouble=Trouble.REFUSED, on="GET /v2.0/networks", number=10),
    ]
    cloud = FakeCloud(faults=faults)
    wanted = scenario(
        "scenario: s\nnetworks: {" + ", ".join(f"n{number}: {{}}" for number in range(60)) + "}\n"
    )
    outcomes = asyncio.run(apply(cloud, wanted))
    told = list(results(outcomes).values())
    assert (told.count("failed"), told.count("done")) == (50, 10)
    assert failures(outcomes)[0] == (
        "network.n0: Neutron answered GET /v2.0/networks with: 409 (HTTP 409)"
    )
    assert len(cloud.told()) == 60
    asyncio.run(apply(cloud, wanted))
    assert len(cloud.told()) == 60


def test_more_than_fifty_go_in_several_bulks() -> None:
    """A long transaction holds locks and meets the timeout of a gateway."""
    cloud = FakeCloud()
    names = ", ".join(f"n{number}: {{}}" for number in range(120))
    outcomes = asyncio.run(apply(cloud, scenario(f"scenario: s\nnetworks: {{{names}}}\n")))
    assert set(results(outcomes).values()) == {"done"}
    assert len(_posts(cloud)) == 3


def test_doubt_is_told_while_it_lasts() -> None:
    """A person sees why nothing seems to happen."""
    cloud = FakeCloud(faults=[Fault(trouble=Trouble.LOST_AFTER, on="POST /v2.0")])
    events = list[Event]()
    asyncio.run(apply(cloud, ONE_NETWORK, events.append))
    assert [event for event in events if isinstance(event, StepInDoubt)] == [
        StepInDoubt(
            address=Address("network", "blue"),
            action=Action.CREATE,
            reason="Neutron may have done POST http://cloud.test/v2.0/networks, or not:"
            " the answer was lost: connection reset",
        )
    ]


def test_a_server_is_waited_for_and_told_meanwhile() -> None:
    """Its id is known before it is usable."""
    cloud = FakeCloud()
    events = list[Event]()
    asyncio.run(apply(cloud, ONE_SERVER, events.append))
    assert [event for event in events if isinstance(event, StepAccepted)] == [
        StepAccepted(address=Address("server", "alice"), id="server-1")
    ]
    assert cloud.told() == ["server alice ACTIVE"]


def test_a_server_that_goes_to_error_fails_with_the_cloud_s_reason() -> None:
    """The next apply replaces it."""
    cloud = FakeCloud(doomed_names=["alice"])
    outcomes = asyncio.run(apply(cloud, ONE_SERVER))
    assert failures(outcomes) == ["server.alice: it went to ERROR: No valid host was found."]
    assert outcomes[0].id == "server-1"
    cloud.doomed_names.clear()
    outcomes = asyncio.run(apply(cloud, ONE_SERVER))
    assert results(outcomes) == {"delete server.alice": "done", "create server.alice": "done"}
    assert cloud.told() == ["server alice ACTIVE"]


def test_a_server_that_is_still_being_built_is_waited_for_by_the_next_run() -> None:
    """An interrupted run left it; nothing is made anew."""
    cloud = FakeCloud()
    asyncio.run(apply(cloud, ONE_SERVER))
    cloud.tables["server"]["server-1"] |= {"status": "BUILD", "age": -2}
    outcomes = asyncio.run(apply(cloud, ONE_SERVER))
    assert results(outcomes) == {"keep server.alice": "done"}
    assert cloud.told() == ["server alice ACTIVE"]


def test_a_port_whose_address_is_taken_says_so_in_neutron_s_words() -> None:
    """And what stands behind it is skipped."""
    wanted = scenario(
        """\
scenario: s
networks: {blue: {cidr: 10.1.0.0/24}}
ports:
  a: {network: blue, fixed_ips: [{subnet: blue, ip_address: 10.1.0.9}]}
servers: {alice: {image: cirros, flavor: m1.tiny, ports: [a]}}
"""
    )
    cloud = FakeCloud()
    fixed = {"subnet_id": "subnet-2", "ip_address": "10.1.0.9"}
    theirs = {"id": "theirs", "name": "", "description": "", "device_id": "", "device_owner": ""}
    cloud.tables["port"]["theirs"] = {**theirs, "network_id": "network-1", "fixed_ips": [fixed]}
    outcomes = asyncio.run(apply(cloud, wanted))
    told = results(outcomes)
    assert told["create port.a"] == "failed"
    assert told["create server.alice"] == "skipped"
    (failure,) = failures(outcomes)
    assert failure.endswith("Neutron answered POST /v2.0/ports with: 10.1.0.9 is in use (HTTP 409)")


def test_an_update_brings_about_what_differs() -> None:
    """Names and metadata of a server have two addresses; both are used."""
    cloud = FakeCloud()
    asyncio.run(apply(cloud, ONE_SERVER))
    cloud.tables["server"]["server-1"] |= {"name": "mallory"}
    wanted = scenario(
        "scenario: s\nservers: {alice: {image: cirros, flavor: m1.tiny, metadata: {a: b}}}\n"
    )
    outcomes = asyncio.run(apply(cloud, wanted))
    assert results(outcomes) == {"update server.alice": "done"}
    assert cloud.things("server")[0]["name"] == "alice"
    assert cloud.things("server")[0]["metadata"]["a"] == "b"
    assert asyncio.run(changes(cloud, wanted)) == []


@pytest.mark.parametrize("trouble", [Trouble.LOST_BEFORE, Trouble.LOST_AFTER])
def test_an_update_whose_answer_was_lost_is_sent_again(trouble: Trouble) -> None:
    """Twice does no harm."""
    cloud = FakeCloud()
    asyncio.run(apply(cloud, ONE_NETWORK))
    cloud.faults = [Fault(trouble=trouble, on="PUT")]
    wanted = scenario("scenario: s\nnetworks: {blue: {admin_state_up: false}}\n")
    outcomes = asyncio.run(apply(cloud, wanted))
    assert results(outcomes) == {"update network.blue": "done"}
    assert cloud.things("network")[0]["admin_state_up"] is False


@pytest.mark.parametrize(
    "trouble",
    [Trouble.LOST_BEFORE, Trouble.LOST_AFTER, Trouble.GATEWAY_AFTER, Trouble.GONE, Trouble.BUSY],
)
def test_a_delete_is_done_when_it_is_gone_whoever_did_it(trouble: Trouble) -> None:
    """A lost answer is asked for again, and 404 means success."""
    cloud = FakeCloud()
    asyncio.run(apply(cloud, TWO_NETWORKS))
    cloud.faults = [
        Fault(trouble=trouble, on="DELETE /v2.0/routers"),
        Fault(trouble=trouble, on="PUT .*/remove_router_interface"),
        Fault(trouble=trouble, on="DELETE /v2.1/servers"),
    ]
    outcomes = asyncio.run(destroy(cloud, TWO_NETWORKS))
    assert set(results(outcomes).values()) == {"done"}
    assert cloud.told() == []


def test_a_delete_that_is_refused_fails_and_keeps_what_it_holds() -> None:
    """Somebody else's port holds the subnet; its network is refused, and it stays with that."""
    cloud = FakeCloud()
    wanted = scenario("scenario: s\nnetworks: {blue: {cidr: 10.1.0.0/24}}\n")
    asyncio.run(apply(cloud, wanted))
    fixed = {"subnet_id": "subnet-2", "ip_address": "10.1.0.50"}
    port = {"id": "theirs", "name": "theirs", "description": "", "device_id": ""}
    port_of_others = {**port, "network_id": "network-1", "fixed_ips": [fixed], "device_owner": ""}
    cloud.tables["port"]["theirs"] = port_of_others
    outcomes = asyncio.run(destroy(cloud, wanted))
    assert results(outcomes) == {"delete subnet.blue": "skipped", "delete network.blue": "failed"}
    assert failures(outcomes) == [
        (
            "network.blue: Neutron answered DELETE /v2.0/networks/network-1 with:"
            " network network-1 is in use by ['theirs'] (HTTP 409)"
        )
    ]


def test_doubles_are_taken_away_and_one_stays() -> None:
    """Whoever made two under one mark, one is too many."""
    cloud = FakeCloud()
    asyncio.run(apply(cloud, ONE_NETWORK))
    cloud.tables["network"]["network-9"] = {**cloud.things("network")[0], "id": "network-9"}
    outcomes = asyncio.run(apply(cloud, ONE_NETWORK))
    assert results(outcomes) == {
        "delete network.blue@network-9": "done",
        "keep network.blue": "done",
    }
    assert cloud.told() == ["network blue"]


def test_a_double_that_came_late_costs_nothing_that_stands_on_the_first() -> None:
    """Whichever id is smaller: subnet and server stay as they are."""
    wanted = scenario(
        """\
scenario: s
networks: {blue: {cidr: 10.1.0.0/24}}
servers: {alice: {image: cirros, flavor: m1.tiny, networks: [blue]}}
"""
    )
    cloud = FakeCloud()
    asyncio.run(apply(cloud, wanted))
    late = {**cloud.things("network")[0], "id": "a-smaller-id"}
    cloud.tables["network"]["a-smaller-id"] = late
    assert asyncio.run(changes(cloud, wanted)) == ["delete network.blue@a-smaller-id"]


def test_a_plan_with_an_id_that_is_gone_ends_in_the_service_s_words() -> None:
    """Between plan and apply somebody took the network away."""

    async def run() -> list[str]:
        cloud = FakeCloud()
        await apply(cloud, ONE_NETWORK)
        wanted = scenario("scenario: s\nnetworks: {blue: {cidr: 10.1.0.0/24}}\n")
        async with open_cloud(cloud) as opened:
            made: Plan = await plan(opened, wanted)
            steps: list[Step] = [step for step in made.changes if step.action is Action.CREATE]
            assert [str(step.address) for step in steps] == ["subnet.blue"]
            cloud.tables["network"].clear()
            return failures(await executor(opened, wanted, made).run())

    assert asyncio.run(run()) == [
        (
            "subnet.blue: Neutron answered POST /v2.0/subnets with:"
            " network network-1 could not be found (HTTP 404)"
        )
    ]


class _CloudThatRefusesItsOwnRevision(FakeCloud):
    """Counts the number up before it compares, as Neutron does for routers with a gateway."""

    def __init__(self) -> None:
        super().__init__()
        self.conditions: list[str] = []

    async def send(self, request: Request) -> Answer:
        """Refuse whatever names a revision."""
        for network in self.things("network"):
            network["revision_number"] = 6
        if condition := request.headers.get("If-Match"):
            self.conditions.append(condition)
            return Answer(status=412, headers={}, body=b"")
        return await super().send(request)


def test_a_revision_that_is_the_present_one_is_not_insisted_on() -> None:
    """It was looked at again, and nobody had changed it."""
    cloud = _CloudThatRefusesItsOwnRevision()
    asyncio.run(apply(cloud, ONE_NETWORK))
    wanted = scenario("scenario: s\nnetworks: {blue: {description: ours}}\n")
    assert results(asyncio.run(apply(cloud, wanted)))["update network.blue"] == "done"
    assert cloud.conditions == ["revision_number=6"]
    assert asyncio.run(changes(cloud, wanted)) == []


def test_what_was_not_usable_when_it_was_planned_is_read_again_by_who_names_it() -> None:
    """A run was killed while a server was built: what the next one knew of it is old by then."""
    cloud = FakeCloud()
    asyncio.run(apply(cloud, ONE_SERVER))
    cloud.things("server")[0] |= {"status": "BUILD", "age": 0}
    wanted = scenario(
        """\
scenario: s
networks: {blue: {description: "${server.alice.status}"}}
servers: {alice: {image: cirros, flavor: m1.tiny}}
"""
    )
    asyncio.run(apply(cloud, wanted))
    assert cloud.things("network")[0]["description"] == "ACTIVE stackloom://s/network.blue"


@pytest.mark.parametrize("most", [0, 1, 4])
def test_nothing_is_sent_once_somebody_else_may_work_on_it(most: int) -> None:
    """Each request that changes something asks first; what only looks does not have to."""
    cloud = FakeCloud()
    asked = 0

    def may_go_on() -> None:
        nonlocal asked
        asked += 1
        if asked > most:
            raise LostLease("somebody else works on it")

    async def run() -> tuple[Outcome, ...]:
        async with open_cloud(cloud) as opened:
            made = await plan(opened, TWO_NETWORKS)
            return await executor(opened, TWO_NETWORKS, made, may_go_on=may_go_on).run()

    outcomes = asyncio.run(run())
    assert len(_changing(cloud)) == most
    failed = {type(each.error) for each in outcomes if each.result is Result.FAILED}
    assert failed == {LostLease}


def test_a_repetition_asks_again() -> None:
    """Between a lost answer and the second try there is a pause, long enough to lose a lease."""
    cloud = FakeCloud(faults=[Fault(trouble=Trouble.LOST_BEFORE, on="POST /v2.0/networks")])
    answers = iter([None, LostLease("somebody else works on it")])

    def may_go_on() -> None:
        if error := next(answers):
            raise error

    async def run() -> tuple[Outcome, ...]:
        async with open_cloud(cloud) as opened:
            made = await plan(opened, ONE_NETWORK)
            return await executor(opened, ONE_NETWORK, made, may_go_on=may_go_on).run()

    assert failures(asyncio.run(run())) == ["network.blue: somebody else works on it"]
    assert _changing(cloud) == ["POST /v2.0/networks"]
