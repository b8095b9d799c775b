# SPDX-License-Identifier: Apache-2.0
"""Which fault hits which request; on running services in ``tests/cloud/test_faults.py``."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from stackloom.errors import NotReady, UsageError
from stackloom.local import faults
from stackloom.local.faults import Fault
from stackloom.local.runtime.stackloom_cloud import fault_answers, internal
from stackloom.local.runtime.stackloom_cloud.fault_desk import FaultDesk
from stackloom.local.runtime.stackloom_cloud.faults import Board, Count, Faults, Verdict
from stackloom.local.runtime.stackloom_cloud.instructions import Program


class Cloud:
    """A desk where faults are set, and two programs that look at them."""

    def __init__(self, run: Path) -> None:
        self.board = Board(run)
        programs = tuple(
            Program(
                name=name, service_type=type_, distribution=name, url="", socket=-1,
                log=run / f"{name}.log", environment={},
            )
            for name, type_ in (("neutron", "network"), ("nova", "compute"))
        )  # fmt: skip
        self.desk = FaultDesk(self.board, programs)
        self.programs = {each.name: Faults(each.name, self.board) for each in programs}

    def add(self, **fields: object) -> str:
        told = self.desk.answer({"do": "fault add", "fault": fields})["faults"]
        assert isinstance(told, list)
        return str(told[0]["id"])

    def judge(
        self,
        method: str = "GET",
        path: str = "/v2.0/ports",
        *,
        program: str = "neutron",
        is_internal: bool = False,
    ) -> Verdict | None:
        return self.programs[program].judge(method, path, is_internal=is_internal)

    def hit(self, method: str = "GET", path: str = "/v2.0/ports", **more: object) -> list[str]:
        verdict = self.judge(method, path, **more)  # type: ignore[arg-type]  # passed through
        return verdict.ids if verdict else []


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    """Return a cloud without faults."""
    return Cloud(tmp_path)


def test_without_a_fault_there_is_no_verdict(cloud: Cloud) -> None:
    """A request is let through as if there were no faults in the world."""
    assert cloud.judge() is None
    cloud.add(status=503)
    assert cloud.judge() is not None
    assert cloud.desk.answer({"do": "fault clear"}) == {"done": True, "cleared": 1}
    assert cloud.judge() is None


@pytest.mark.parametrize("service", ["neutron", "network"])
def test_a_service_is_named_by_its_name_or_its_type(cloud: Cloud, service: str) -> None:
    """And the others are spared."""
    cloud.add(service=service, status=503)
    assert (cloud.hit(), cloud.hit(program="nova")) == (["f1"], [])


def test_a_service_that_there_is_not_is_told_with_those_that_are(cloud: Cloud) -> None:
    """No fault is set then."""
    with pytest.raises(ValueError, match=r'no service "x"; .* neutron \(network\), nova \(comp'):
        cloud.add(service="x", status=503)
    assert cloud.desk.answer({"do": "fault list"}) == {"done": True, "faults": []}


@pytest.mark.parametrize(
    ("method", "path", "is_hit"),
    [
        ("POST", "/v2.0/ports", True),
        ("POST", "/v2.0/ports/1/x", True),
        ("GET", "/v2.0/ports", False),
        ("POST", "/v2.0/networks", False),
        ("POST", "/x/v2.0/ports", False),
    ],
)
def test_method_and_path_say_which_requests(
    cloud: Cloud, method: str, path: str, is_hit: bool
) -> None:
    """A star stands for anything, and the pattern for the whole path."""
    cloud.add(method="POST", path="/v2.0/ports*", status=503)
    assert bool(cloud.hit(method, path)) is is_hit


def test_the_services_own_requests_are_spared_unless_asked_for(cloud: Cloud) -> None:
    """Nova's calls to Neutron, say."""
    cloud.add(status=503)
    assert (cloud.hit(is_internal=True), cloud.hit()) == ([], ["f1"])
    cloud.add(delay_seconds=1.0, includes_internal=True)
    assert cloud.hit(is_internal=True) == ["f2"]


def test_a_fault_hits_as_often_as_it_was_told_to(cloud: Cloud) -> None:
    """Then it only counts what it concerns."""
    cloud.add(status=503, times=2)
    assert [bool(cloud.hit()) for _ in range(4)] == [True, True, False, False]
    assert cloud.board.count(0) == Count(matched=4, hits=2)


def test_counts_outlive_a_program_that_is_restarted(cloud: Cloud) -> None:
    """What was used up before stays used up."""
    cloud.add(status=401, times=1)
    assert cloud.hit() == ["f1"]
    cloud.programs["neutron"] = Faults("neutron", cloud.board)
    assert cloud.hit() == []


def test_the_same_seed_draws_the_same(cloud: Cloud) -> None:
    """Chances and jitters both; another seed draws others."""

    def drawn(seed: int) -> list[float]:
        cloud.desk.clear()
        cloud.add(delay_seconds=1.0, jitter_seconds=0.5, chance=0.5, seed=seed)
        verdicts = [cloud.judge() for _ in range(40)]
        return [verdict.wait_seconds for verdict in verdicts if verdict]

    first = drawn(7)
    assert drawn(7) == first
    assert drawn(8) != first
    waits = [each for each in first if each]
    assert 10 < len(waits) < 30
    assert all(0.5 <= each <= 1.5 for each in waits)
    assert len(set(waits)) == len(waits)


def test_delays_add_up_and_the_first_ending_decides(cloud: Cloud) -> None:
    """What comes after it is not even counted."""
    cloud.add(delay_seconds=1.0)
    cloud.add(delay_seconds=2.0, status=500)
    cloud.add(status=503)
    verdict = cloud.judge()
    assert verdict is not None
    assert verdict.fault is not None
    assert (verdict.wait_seconds, verdict.fault.status, verdict.ids) == (3.0, 500, ["f1", "f2"])
    assert cloud.board.count(2) == Count(matched=0, hits=0)


def test_a_rate_lets_a_burst_through_and_says_when_to_come_back(cloud: Cloud) -> None:
    """Two at once, then one in a hundred seconds."""
    cloud.add(rate_per_second=0.01, rate_burst=2)
    verdicts = [cloud.judge() for _ in range(4)]
    told = [verdict.retry_after_seconds for verdict in verdicts if verdict and verdict.fault]
    assert [bool(verdict and verdict.fault) for verdict in verdicts] == [False, False, True, True]
    assert all(50 < seconds <= 100 for seconds in told)


def test_what_was_created_is_not_to_be_found_for_a_while(cloud: Cloud) -> None:
    """Under its id; others are as they are, and what it was made from too."""
    cloud.add(path="/v2.0/ports*", unseen_seconds=60.0)
    assert cloud.hit("GET", "/v2.0/ports/one") == []
    created = cloud.judge("POST", "/v2.0/ports")
    assert created is not None
    assert created.fault is None
    assert created.learn is not None
    created.learn("one")
    assert cloud.hit("GET", "/v2.0/ports/one") == ["f1"]
    assert cloud.hit("PUT", "/v2.0/ports/one/tags") == ["f1"]
    assert cloud.hit("GET", "/v2.0/ports/two") == []
    assert cloud.hit("POST", "/v2.0/ports") == []


def _created(cloud: Cloud, *ids: str) -> None:
    """Let Neutron create ports under a fault that hides them."""
    verdict = cloud.judge("POST", "/v2.0/ports")
    assert verdict is not None
    assert verdict.learn is not None
    for id in ids:
        verdict.learn(id)


def test_a_list_is_without_what_was_created(cloud: Cloud) -> None:
    """A list is hit where it would have had it, and only so often as the fault may hit."""
    cloud.add(path="/v2.0/ports*", unseen_seconds=60.0, times=2)
    _created(cloud, "one", "two")
    verdicts = []
    for listed in (["other"], ["one", "two"], ["one"]):
        verdict = cloud.judge("GET", "/v2.0/ports")
        assert verdict is not None
        assert (verdict.fault, set(verdict.hidden)) == (None, {"one", "two"})
        cloud.programs["neutron"].hid(verdict, verdict.hidden.keys() & set(listed))
        verdicts.append(verdict.ids)
    assert verdicts == [[], ["f1"], ["f1"]]
    assert cloud.board.count(0) == Count(matched=2, hits=2)
    used_up = cloud.judge("GET", "/v2.0/ports")
    assert used_up is not None
    assert used_up.hidden == {}


def test_what_is_hidden_is_taken_from_a_list() -> None:
    """Other bodies are let through as they came, byte by byte."""
    body = b'{"ports": [{"id": "a"}, {"id": "b", "tags": ["a"]}, {"name": "c"}], "links": ["a"]}'
    shorter, found = fault_answers.without(body, {"a", "z"})
    assert json.loads(shorter) == {
        "ports": [{"id": "b", "tags": ["a"]}, {"name": "c"}],
        "links": ["a"],
    }
    assert found == {"a"}
    for other in (b'{"ports": []}', b'{ "port": {"id": "a"} }', b'["a"]', b"\x00\xff", b""):
        assert fault_answers.without(other, {"a"}) == (other, set())


def test_a_request_that_waits_is_let_go_of_what_is_cleared(cloud: Cloud) -> None:
    """What stays still counts; what came meanwhile does not concern it any more."""
    cloud.add(delay_seconds=1.0)
    cloud.add(delay_seconds=20.0, status=500)
    verdict = cloud.judge()
    assert verdict is not None
    assert verdict.wait_seconds == 21.0
    before = cloud.programs["neutron"].generation()
    cloud.desk.answer({"do": "fault clear", "id": "f2"})
    cloud.add(delay_seconds=300.0)
    assert cloud.programs["neutron"].generation() != before
    cloud.programs["neutron"].reconsider(verdict)
    assert (verdict.wait_seconds, verdict.fault) == (1.0, None)


def test_the_latency_is_a_fault_that_clearing_leaves(cloud: Cloud) -> None:
    """It belongs to the cloud, and can be taken away by its name."""
    cloud.desk.set_latency(0.15, 0.0)
    cloud.add(status=503)
    assert cloud.hit() == ["latency", "f1"]
    cloud.desk.answer({"do": "fault clear"})
    assert cloud.hit() == ["latency"]
    cloud.desk.answer({"do": "fault clear", "id": "latency"})
    assert cloud.judge() is None


def test_names_begin_anew_when_all_are_cleared(cloud: Cloud) -> None:
    """So that the same commands draw the same."""
    assert [cloud.add(status=500), cloud.add(status=500)] == ["f1", "f2"]
    cloud.desk.answer({"do": "fault clear", "id": "f1"})
    assert cloud.add(status=500) == "f3"
    cloud.desk.clear()
    assert cloud.add(status=500) == "f1"
    with pytest.raises(ValueError, match='no fault "f9"; there are: f1'):
        cloud.desk.answer({"do": "fault clear", "id": "f9"})


def test_there_is_an_end_to_faults(cloud: Cloud) -> None:
    """A hundred of them."""
    for _ in range(100):
        cloud.add(status=500)
    with pytest.raises(ValueError, match="100 faults are set already"):
        cloud.add(status=500)


# --- what is asked for ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault(), "would do nothing"),
        (Fault(status=200), "status 200 is no error"),
        (Fault(status=503, drop="answer"), "a status and a drop"),
        (Fault(truncates=True, rate_per_second=1.0), "a truncated body and a rate"),
        (Fault(status=503, chance=0.0), "a chance of 0.0 is none"),
        (Fault(status=503, chance=1.5), "a chance of 1.5 is none"),
        (Fault(drop="request", is_html=True), "a page of HTML needs a status"),
        (Fault(delay_seconds=-1.0), "cannot be less than nothing"),
        (Fault(status=503, times=-1), "cannot be less than nothing"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(fault: Fault, message: str) -> None:
    """Before any cloud is asked."""
    with pytest.raises(UsageError, match=message):
        faults.check(fault)


def test_a_cloud_that_is_not_up_cannot_misbehave(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And it is said how to bring it up."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with pytest.raises(NotReady, match='"mine" is not up') as caught:
        faults.add("mine", Fault(status=503))
    assert caught.value.hint == "start it: stackloom local up --name mine"


# --- what is answered -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service_type", "status", "where"),
    [
        ("network", 503, ("NeutronError", "message")),
        ("compute", 503, ("serviceUnavailable", "message")),
        ("compute", 500, ("computeFault", "message")),
        ("block-storage", 429, ("overLimit", "message")),
        ("identity", 500, ("error", "message")),
        ("network", 401, ("error", "message")),
        ("image", 401, ("error", "message")),
        ("orchestration", 500, ("error", "message")),
    ],
)
def test_a_refusal_is_in_the_service_s_own_shape(
    service_type: str, status: int, where: tuple[str, str]
) -> None:
    """Clients find the message where they look for it."""
    given = fault_answers.answer(status, service_type, fault="f1", retry_after_seconds=3)
    headers = dict(given.headers)
    assert given.status.startswith(str(status))
    assert "stackloom local fault add" in json.loads(given.body)[where[0]][where[1]]
    assert (headers["X-Stackloom-Fault"], headers["Retry-After"]) == ("f1", "3")
    assert headers["X-Openstack-Request-Id"].startswith("req-")
    assert headers["Content-Length"] == str(len(given.body))


def test_placement_and_glance_have_shapes_of_their_own() -> None:
    """A list of errors, and a page of HTML."""
    placement = fault_answers.answer(503, "placement", fault="f1")
    assert json.loads(placement.body)["errors"][0]["status"] == 503
    glance = fault_answers.answer(503, "image", fault="f1")
    assert b"<title>503 Service Unavailable</title>" in glance.body
    assert dict(glance.headers)["Content-Type"].startswith("text/html")


def test_a_status_that_has_no_name_is_answered_all_the_same() -> None:
    """Whatever was asked for."""
    assert fault_answers.answer(599, "network", fault="f1").status == "599 Unknown"


def test_a_proxy_answers_with_a_page_and_without_a_request_id() -> None:
    """As HAProxy does."""
    given = fault_answers.answer(504, "network", fault="f1", is_html=True)
    assert given.body == (
        b"<html><body><h1>504 Gateway Time-out</h1>\n"
        b"The server didn't respond in time.\n</body></html>\n"
    )
    headers = dict(given.headers)
    assert headers["Content-Type"] == "text/html"
    assert "X-Openstack-Request-Id" not in headers
    assert "Retry-After" not in headers


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        (b'{"port": {"id": "a", "network": {"id": "n"}}}', ["a"]),
        (b'{"ports": [{"id": "a"}, {"id": "b"}]}', ["a", "b"]),
        (b'{"id": "a", "name": "image"}', ["a"]),
        (b'{"port": {"id"', []),
        (b"[1]", []),
        (b'{"count": 3}', []),
    ],
)
def test_ids_of_what_was_created_are_read_off_the_answer(body: bytes, ids: list[str]) -> None:
    """In each of the shapes that services have."""
    assert fault_answers.created_ids(body) == ids


# --- who asks -------------------------------------------------------------------------------------


@pytest.fixture
def inside() -> Iterator[None]:
    """Be a service for the length of a test."""
    internal.install()
    yield
    del socket.socket.connect  # what was inherited shows again


def test_a_service_is_known_by_where_it_connects_from(inside: None) -> None:
    """From another address of the loopback interface than anybody else."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.create_connection(listening.getsockname()),
        listening.accept()[0] as accepted,
    ):
        assert internal.is_internal(accepted.getpeername()[0])
    assert not internal.is_internal("127.0.0.1")
    assert not internal.is_internal(None)
