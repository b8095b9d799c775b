# SPDX-License-Identifier: Apache-2.0
"""What each action on a server sends, and when it is over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.cli.conftest import CommandLine, Said
from tests.fakes.cloud import CATALOG, token_answer, token_document
from tests.fakes.http_bridge import served
from tests.fakes.transport import FakeTransport, answer

from stackloom.cli.server_actions import settled_in
from stackloom.cloud.kind import Progress
from stackloom.resources.compute.server import ServerState
from stackloom.transport.client import Answer

_ONE = {"id": "v-1", "name": "web", "status": "ACTIVE", "image": {"id": "i-0"}}
_STOPPED = {**_ONE, "status": "SHUTOFF"}
_PATH = "/compute/v2.1/servers"


class _Nova(FakeTransport):
    """A Nova with the server "web", and what belongs to it."""

    def __init__(self) -> None:
        super().__init__()
        versions = {"version": {"id": "v2.1", "version": "2.104", "min_version": "2.1"}}
        self.on("GET", "/compute/v2.1/", answer(200, versions))
        flavors = {"flavors": [{"id": "f-1", "name": "small"}]}
        self.on("GET", "/compute/v2.1/flavors/detail", answer(200, flavors))
        images = {"images": [{"id": "i-1", "name": "debian"}]}
        self.on("GET", "/image/v2/images", answer(200, images))
        for method, below in (
            ("POST", "/action"),
            ("PUT", ""),
            ("POST", "/metadata"),
            ("PUT", "/tags/t1"),
            ("DELETE", "/tags"),
            ("DELETE", "/metadata/a"),
        ):
            self.on(method, f"{_PATH}/v-1{below}", answer(202, {}))
        self.is_now(_ONE)

    def is_now(self, one: dict[str, Any]) -> None:
        """Show the server so from now on."""
        self.on("GET", f"{_PATH}/detail", answer(200, {"servers": [one]}))

    @property
    def changes(self) -> list[Any]:
        """What was sent that changes something: method, path below the server, body."""
        return [
            (request.method, request.url.partition("/v-1")[2], json.loads(request.body or b"null"))
            for request in self.requests
            if "/v-1" in request.url and request.method != "GET"
        ]


@pytest.fixture
def nova(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Nova]:
    """Return a Nova that the ``OS_*`` variables lead to."""
    transport = _Nova()
    with served(transport) as address:
        catalog = {name: url.replace("http://cloud.test", address) for name, url in CATALOG.items()}
        document = token_document(expires_at="2999-01-01T00:00:00.000000Z", catalog=catalog)
        transport.on("POST", "/v3/auth/tokens", token_answer(document=document))
        monkeypatch.setenv("OS_AUTH_URL", f"{address}/v3")
        monkeypatch.setenv("OS_TOKEN", "a-token")
        monkeypatch.setenv("OS_PROJECT_ID", "p-1")
        yield transport


@pytest.mark.parametrize(
    ("words", "content"),
    [
        ("start web", {"os-start": None}),
        ("stop web", {"os-stop": None}),
        ("reboot web", {"reboot": {"type": "SOFT"}}),
        ("reboot --hard web", {"reboot": {"type": "HARD"}}),
        ("pause web", {"pause": None}),
        ("unpause web", {"unpause": None}),
        ("suspend web", {"suspend": None}),
        ("resume web", {"resume": None}),
        ("lock web", {"lock": None}),
        ("lock web --reason why", {"lock": {"locked_reason": "why"}}),
        ("unlock web", {"unlock": None}),
        ("rescue web", {"rescue": None}),
        ("rescue web --image debian", {"rescue": {"rescue_image_ref": "i-1"}}),
        ("unrescue web", {"unrescue": None}),
        ("shelve web", {"shelve": None}),
        ("unshelve web", {"unshelve": None}),
        ("unshelve web --availability-zone z", {"unshelve": {"availability_zone": "z"}}),
        ("unshelve web --no-availability-zone", {"unshelve": {"availability_zone": None}}),
        ("restore web", {"restore": None}),
        ("resize web --flavor small", {"resize": {"flavorRef": "f-1"}}),
        ("resize web --confirm", {"confirmResize": None}),
        ("resize confirm web", {"confirmResize": None}),
        ("resize revert web", {"revertResize": None}),
        ("rebuild web", {"rebuild": {"imageRef": "i-0"}}),
        (
            "rebuild web --image debian --name new --property a=b --no-key-name",
            {
                "rebuild": {
                    "imageRef": "i-1",
                    "name": "new",
                    "metadata": {"a": "b"},
                    "key_name": None,
                }
            },
        ),
        ("migrate web", {"migrate": None}),
        ("migrate web --host h", {"migrate": {"host": "h"}}),
        (
            "migrate web --live-migration",
            {"os-migrateLive": {"host": None, "block_migration": "auto"}},
        ),
        (
            "migrate web --live-migration --host h --block-migration",
            {"os-migrateLive": {"host": "h", "block_migration": True}},
        ),
        ("migrate confirm web", {"confirmResize": None}),
        ("evacuate web --host h", {"evacuate": {"host": "h"}}),
        ("add security group web a", {"addSecurityGroup": {"name": "a"}}),
        ("remove security group web a", {"removeSecurityGroup": {"name": "a"}}),
        ("set web --state error", {"os-resetState": {"state": "error"}}),
    ],
)
def test_an_action_is_one_request(
    stackloom: CommandLine, nova: _Nova, words: str, content: dict[str, Any]
) -> None:
    """By Nova's name for it, with what was said."""
    assert stackloom("server", *words.split()) == Said(code=0, stdout="", stderr="")
    assert nova.changes == [("POST", "/action", content)]


def test_a_shelved_server_is_only_offloaded(stackloom: CommandLine, nova: _Nova) -> None:
    """It need not be shelved again."""
    nova.is_now({**_ONE, "status": "SHELVED"})
    assert stackloom("server", "shelve", "web", "--offload").code == 0
    assert nova.changes == [("POST", "/action", {"shelveOffload": None})]


def test_each_part_is_set_where_it_stands(stackloom: CommandLine, nova: _Nova) -> None:
    """Fields, metadata and tags have addresses of their own."""
    words = "server set web --name new --description words --property a=b --tag t1"
    assert stackloom(*words.split()).code == 0
    assert nova.changes == [
        ("PUT", "", {"server": {"name": "new", "description": "words"}}),
        ("POST", "/metadata", {"metadata": {"a": "b"}}),
        ("PUT", "/tags/t1", None),
    ]


def test_all_of_a_part_is_taken_away(stackloom: CommandLine, nova: _Nova) -> None:
    """Metadata one by one, tags at once."""
    nova.is_now({**_ONE, "metadata": {"a": "b"}})
    words = "server unset web --all-properties --all-tags --description"
    assert stackloom(*words.split()).code == 0
    assert nova.changes == [
        ("DELETE", "/metadata/a", None),
        ("PUT", "", {"server": {"description": None}}),
        ("DELETE", "/tags", None),
    ]


def test_nothing_to_set_is_told(stackloom: CommandLine, nova: _Nova) -> None:
    """Rather than a request that says nothing."""
    assert stackloom("server", "set", "web") == Said(
        code=2,
        stdout="",
        stderr="error: nothing to set was given\nhint: --help lists what can be set\n",
    )
    assert nova.changes == []


@pytest.mark.parametrize(
    ("status", "task", "progress"),
    [
        ("ACTIVE", "powering-off", Progress.WAITING),
        ("ACTIVE", None, Progress.WAITING),
        ("SHUTOFF", None, Progress.READY),
        ("ERROR", None, Progress.FAILED),
    ],
)
def test_an_action_is_over_when_its_task_is(
    status: str, task: str | None, progress: Progress
) -> None:
    """And the status is what it leads to."""
    state = ServerState(id="v-1", status=status, task_state=task)
    assert settled_in("SHUTOFF")(state) is progress


def test_any_status_will_do_where_none_is_named() -> None:
    """As long as no task is under way."""
    assert settled_in()(ServerState(id="v-1", status="PAUSED")) is Progress.READY


def test_a_floating_ip_leads_to_the_port_of_an_address(stackloom: CommandLine, nova: _Nova) -> None:
    """To any of the server's where no address is named, and nowhere afterwards."""
    ports = [
        {"id": f"p-{n}", "network_id": "n-1", "fixed_ips": [{"ip_address": f"10.0.0.{n}"}]}
        for n in (1, 2)
    ]
    nova.on("GET", "/networking/v2.0/ports", answer(200, {"ports": ports}))
    found = {"floatingips": [{"id": "fip-1"}]}
    nova.on("GET", "/networking/v2.0/floatingips", answer(200, found))
    nova.on("PUT", "/networking/v2.0/floatingips/fip-1", answer(200, {}))
    for words in (
        "add floating ip web 203.0.113.7",
        "add floating ip web 203.0.113.7 --fixed-ip-address 10.0.0.2",
        "remove floating ip web 203.0.113.7",
    ):
        assert stackloom("server", *words.split()) == Said(code=0, stdout="", stderr="")
    sent = nova.sent("PUT", "/networking/v2.0/floatingips/fip-1")
    assert [json.loads(request.body or b"")["floatingip"] for request in sent] == [
        {"port_id": "p-1"},
        {"port_id": "p-2", "fixed_ip_address": "10.0.0.2"},
        {"port_id": None},
    ]


def test_an_address_that_the_server_lacks_is_told(stackloom: CommandLine, nova: _Nova) -> None:
    """And a floating IP that nobody has."""
    nova.on("GET", "/networking/v2.0/ports", answer(200, {"ports": []}))
    nova.on("GET", "/networking/v2.0/floatingips", answer(200, {"floatingips": []}))
    assert stackloom("server", "remove", "fixed", "ip", "web", "10.0.0.9") == Said(
        code=2, stdout="", stderr='error: server "web" does not have the address 10.0.0.9\n'
    )
    assert stackloom("server", "remove", "floating", "ip", "web", "203.0.113.7") == Said(
        code=2,
        stdout="",
        stderr="error: there is no floating IP 203.0.113.7 in this project\n"
        "hint: stackloom floating ip list shows what is\n",
    )


# --- how an action ended --------------------------------------------------------------------------

_EVENT = f"{_PATH}/v-1/os-instance-actions/req-1"


def _event(message: str | None, *, finished: bool, details: str = "") -> Answer:
    step = {"event": "e", "finish_time": "now" if finished else None, "details": details}
    action = {"action": "migrate", "request_id": "req-1", "message": message, "events": [step]}
    return answer(200, {"instanceAction": action})


def _accepted(nova: _Nova) -> None:
    nova.on("POST", f"{_PATH}/v-1/action", answer(202, None, X_Compute_Request_Id="req-1"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("details", "told"), [("No valid host was found.", ": No valid host was found."), ("", "")]
)
def test_an_action_that_failed_is_told(
    stackloom: CommandLine, nova: _Nova, details: str, told: str
) -> None:
    """The server goes on as it was, and looks as if nothing had been wrong."""
    _accepted(nova)
    ended = _event("Error", finished=True, details=details)
    nova.on("GET", _EVENT, _event(None, finished=False), ended)
    assert stackloom("server", "migrate", "web", "--wait") == Said(
        code=1,
        stdout="",
        stderr="waiting for server web\n"
        f'error: server web: migrate of server "web" failed{told}\n'
        "hint: stackloom server event show v-1 req-1\n",
    )


@pytest.mark.slow
def test_an_action_that_ended_well_is_looked_at_once(stackloom: CommandLine, nova: _Nova) -> None:
    """Nobody is told of it."""
    _accepted(nova)
    nova.on("GET", _EVENT, _event(None, finished=True))
    nova.is_now(_STOPPED)
    assert stackloom("server", "stop", "web", "--wait") == Said(
        code=0, stdout="", stderr="waiting for server web\n"
    )
    assert len(nova.sent("GET", _EVENT)) == 1


@pytest.mark.slow
def test_a_nova_that_hides_its_actions_is_believed(stackloom: CommandLine, nova: _Nova) -> None:
    """Policy may keep them from members."""
    _accepted(nova)
    nova.on("GET", _EVENT, answer(404, {"itemNotFound": {"message": "no"}}))
    nova.is_now(_STOPPED)
    assert stackloom("server", "stop", "web", "--wait").code == 0


# --- show -----------------------------------------------------------------------------------------

_PLACED = {
    **_ONE,
    "addresses": {"blue": [{"addr": "10.1.0.5", "version": 4}, {"addr": "10.1.0.6"}]},
}


def test_a_person_is_shown_addresses_and_not_where_they_stand(
    stackloom: CommandLine, nova: _Nova
) -> None:
    """And a program what Nova tells."""
    nova.is_now(_PLACED)
    columns = ("-c", "image", "-c", "addresses")
    said = stackloom("server", "show", "web", "-f", "value", *columns)
    assert said == Said(code=0, stdout="i-0\nblue=10.1.0.5, 10.1.0.6\n", stderr="")
    told = json.loads(stackloom("server", "show", "web", "-f", "json").stdout)
    assert (told["image"], "nics" in told, "adminPass" in told) == ({"id": "i-0"}, False, False)
    assert [each["addr"] for each in told["addresses"]["blue"]] == ["10.1.0.5", "10.1.0.6"]
