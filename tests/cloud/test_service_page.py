# SPDX-License-Identifier: Apache-2.0
"""The page in a real browser, at a real service on a real cloud, from the log-in to the destroy.

With ``STACKLOOM_PAGE_PICTURES=docs/pictures`` it leaves the pictures of the documentation there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.cloud.command_line import EXAMPLES
from tests.cloud.serving import service_at
from tests.service.machine.served import served
from tests.web.browser import grave_violations, started_browser

from stackloom.local import faults
from stackloom.local.access import Access
from stackloom.local.faults import Fault
from stackloom.testing.project import OpenStackProject

pytestmark = [pytest.mark.cloud, pytest.mark.slow]

# A run ends within that on a machine that has much else to do.
_RUN = 180_000
_PLAN = 60_000
_NODE = "svg.topology > a#node-"
TEXT = """\
scenario: on-the-page
networks:
  blue: {cidr: 10.10.1.0/24, mtu: 1400}
  green: {cidr: 10.10.2.0/24}
routers:
  hub: {connects: [blue, green]}
security_groups:
  web: {rules: [{allow: tcp/443}]}
servers:
  alice: {image: cirros, flavor: m1.tiny, networks: [blue], security_groups: [web]}
  bob: {image: cirros, flavor: m1.tiny, networks: [green]}
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with started_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def service_url(local_cloud: Access, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one service for all tests of this file."""
    with service_at(local_cloud.auth_url, tmp_path_factory.mktemp("service")) as url:
        yield url


@dataclass(kw_only=True)
class Visitor:
    """Somebody at the page.

    Attributes:
        pictures: where screenshots are left.
        violations: what axe found so far, by the page that it was found on.
    """

    page: Page
    pictures: Path
    violations: dict[str, list[str]] = field(default_factory=dict)

    def log_in(self, project: OpenStackProject, password: str = "") -> None:
        """Type in name, password and project."""
        self.page.get_by_label("User", exact=True).fill(project.environment["OS_USERNAME"])
        self.page.get_by_label("Password").fill(password or project.environment["OS_PASSWORD"])
        self.page.get_by_label("Project", exact=True).fill(project.name)
        self.page.get_by_role("button", name="Log in").click()

    def state(self) -> Locator:
        """The state of what the page is about."""
        return self.page.locator(".head .state").first

    def node(self, address: str) -> Locator:
        """A thing on the picture."""
        return self.page.locator(_NODE + address.replace(".", "\\."))

    def row(self, address: str) -> Locator:
        """What the table says of a thing."""
        return self.page.locator(f'tr[data-address="{address}"]')

    def look(self, name: str) -> None:
        """Take pictures of the page, light and dark, and have axe look at both."""
        for scheme in ("light", "dark"):
            self.page.emulate_media(
                color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce"
            )
            path = self.pictures / f"page-{name}-{scheme}.png"
            self.page.screenshot(path=path, full_page=True, animations="disabled")
            if found := grave_violations(self.page):
                self.violations[f"{name} {scheme}"] = found
        self.page.emulate_media(color_scheme="light", reduced_motion="no-preference")

    def watch_stages(self) -> None:
        """Note every stage that a thing on the picture comes into, from the next page on."""
        self.page.add_init_script(
            """
            window.stages = [];
            new MutationObserver((changes) => {
              for (const {target, type} of changes) {
                if (type !== "attributes" || !target.closest("svg")) continue;
                window.stages.push([target.dataset.key, target.dataset.stage]);
              }
            }).observe(document, {attributeFilter: ["data-stage"], subtree: true});
            """
        )

    def stages(self) -> set[tuple[str, str]]:
        """What has been noted on this page: a thing and a stage."""
        return {(key, stage) for key, stage in self.page.evaluate("window.stages")}


@contextmanager
def visiting(
    browser: Browser, url: str, pictures: Path, *, has_scripts: bool = True
) -> Iterator[Visitor]:
    """Open a window; no script of the page may fail in it, nor break the page's policy."""
    context = browser.new_context(
        base_url=url, viewport={"width": 1280, "height": 800}, java_script_enabled=has_scripts
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda said: errors.append(said.text) if "Content Security" in said.text else None,
    )
    yield Visitor(page=page, pictures=pictures)
    context.close()
    assert errors == []


@pytest.fixture
def visitor(browser: Browser, service_url: str, tmp_path: Path) -> Iterator[Visitor]:
    """Somebody who has not logged in yet."""
    kept = os.environ.get("STACKLOOM_PAGE_PICTURES")
    with visiting(browser, service_url, Path(kept) if kept else tmp_path) as visitor:
        yield visitor


@pytest.fixture
def faulty(local_cloud: Access) -> Iterator[str]:
    """The name of the cloud, whose faults are taken away afterwards."""
    yield local_cloud.name
    faults.clear(local_cloud.name)


def test_a_scenario_lives_on_the_page(
    visitor: Visitor, faulty: str, openstack_project: OpenStackProject
) -> None:
    """Log in, write, see the mark, plan, apply, see it fail, retry, drift, destroy."""
    page = visitor.page
    page.goto("/")
    visitor.log_in(openstack_project, password="wrong")
    expect(page.get_by_role("group", name="Failed: log in")).to_contain_text("req-")
    visitor.log_in(openstack_project)
    expect(page.get_by_label("Acts with")).to_contain_text(openstack_project.name)
    expect(page.get_by_label("Acts with")).to_contain_text("/v3")

    _write(visitor)
    _plan(visitor)
    faults.add(faulty, Fault(service="network", method="POST", path="/v2.0/routers", status=409))
    _see_it_fail(visitor)
    faults.clear(faulty)
    _try_again(visitor)
    _drift(visitor, openstack_project)
    _see_the_project(visitor, openstack_project)
    _destroy(visitor)

    assert openstack_project.leftovers() == []
    assert visitor.violations == {}


def _write(visitor: Visitor) -> None:
    """What is wrong is marked at its line while it is typed, and the picture comes beside it."""
    page = visitor.page
    page.get_by_role("link", name="Write the first one").click()
    editor = page.get_by_label("The scenario, as YAML")
    editor.fill(TEXT.replace("routers:", "ruters:"))
    expect(page.locator("#gutter .wrong")).to_have_text("5\n")
    expect(page.locator("#problems")).to_contain_text('"routers" is meant?')
    visitor.look("editor")
    editor.fill(TEXT)
    expect(page.locator("#gutter .wrong")).to_have_count(0)
    expect(visitor.node("server.bob")).to_be_visible()


def _plan(visitor: Visitor) -> None:
    """What is to come stands on the picture; choosing something tells about it."""
    page = visitor.page
    page.get_by_role("button", name="Save and plan").click()
    expect(page.get_by_role("button", name="Apply this plan")).to_be_visible(timeout=_PLAN)
    expect(visitor.node("server.alice")).to_have_attribute("data-change", "create")
    expect(page.get_by_role("list", name="Changes")).to_contain_text("to create")
    visitor.node("router.hub").locator(".face").click()
    expect(page.locator("#about")).to_contain_text("router hub")
    visitor.look("plan")


def _see_it_fail(visitor: Visitor) -> None:
    """Each step is seen as it is done; the error is pinned to the thing that failed."""
    page = visitor.page
    visitor.watch_stages()
    page.get_by_role("button", name="Apply this plan").click()
    expect(visitor.state()).to_have_attribute("data-state", "failed", timeout=_RUN)
    expect(visitor.node("router.hub")).to_have_attribute("data-stage", "failed")
    expect(visitor.node("server.alice")).to_have_attribute("data-stage", "done")
    assert {("server.alice", "running"), ("server.alice", "done")} <= visitor.stages()
    row = visitor.row("router.hub")
    expect(row.locator(".step-error")).to_contain_text("409")
    pin = page.locator("svg.topology .pin")
    expect(pin).to_have_attribute("data-pin", "router.hub")
    expect(pin).to_contain_text("409 from network")
    request_id = row.locator(".step-error code").text_content() or ""
    assert re.fullmatch(r"req-[0-9a-f-]{36}", request_id)
    expect(pin.locator(".request")).to_have_text(request_id)
    expect(visitor.row("router_interface.hub.blue")).to_contain_text("router.hub failed")
    visitor.look("failed")


def _try_again(visitor: Visitor) -> None:
    """The rest is done, by another run, which has a page of its own."""
    page = visitor.page
    failed = page.url
    page.get_by_role("button", name="Try again").click()
    expect(visitor.state()).to_have_attribute("data-state", "succeeded", timeout=_RUN)
    assert page.url != failed
    expect(visitor.node("router.hub")).to_have_attribute("data-stage", "done")


def _drift(visitor: Visitor, project: OpenStackProject) -> None:
    """What somebody else has changed is found, and told with what it was and should be."""
    page = visitor.page
    page.get_by_role("link", name="on-the-page").click()
    expect(visitor.state()).to_have_attribute("data-state", "in_sync")
    network = visitor.row("network.blue").locator("code.id").text_content()

    async def meddle(cloud: Any) -> None:
        body = {"network": {"mtu": 1300}}
        await cloud.request("network", "PUT", f"/v2.0/networks/{network}", body=body)
        stranger = {"network": {"name": "stranger <b>"}}
        await cloud.request("network", "POST", "/v2.0/networks", body=stranger)

    project.run(meddle)
    page.get_by_role("button", name="Look for drift").click()
    expect(visitor.state()).to_have_attribute("data-state", "succeeded", timeout=_RUN)
    page.get_by_role("link", name="on-the-page").click()
    expect(visitor.state()).to_have_attribute("data-state", "drifted")
    expect(visitor.node("network.blue")).to_have_attribute("data-change", "update")
    expect(visitor.row("network.blue")).to_contain_text("mtu 1300 → becomes 1400")
    visitor.look("drift")


def _see_the_project(visitor: Visitor, project: OpenStackProject) -> None:
    """All that is in the cloud, also what no scenario made, whatever it is called."""
    page = visitor.page
    page.get_by_role("link", name="Project", exact=True).click()
    row = page.get_by_role("row").filter(
        has=page.get_by_role("rowheader", name="stranger <b>", exact=True)
    )
    stranger = row.locator("code.id").text_content()
    expect(page.get_by_role("rowheader", name="alice")).to_be_visible()
    visitor.look("project")
    page.get_by_role("link", name="Scenarios", exact=True).click()
    expect(page.get_by_role("row", name="on-the-page")).to_contain_text("drifted")
    visitor.look("scenarios")

    async def remove(cloud: Any) -> None:
        await cloud.request("network", "DELETE", f"/v2.0/networks/{stranger}")

    project.run(remove)


def _destroy(visitor: Visitor) -> None:
    """What goes is red and struck through, then gone."""
    page = visitor.page
    page.get_by_role("link", name="on-the-page").click()
    page.get_by_role("button", name="Plan a destroy").click()
    button = page.get_by_role("button", name="Destroy what is shown")
    expect(button).to_be_visible(timeout=_PLAN)
    expect(visitor.node("server.alice")).to_have_attribute("data-change", "delete")
    visitor.look("destroy")
    button.click()
    expect(visitor.state()).to_have_attribute("data-state", "succeeded", timeout=_RUN)
    page.get_by_role("link", name="on-the-page").click()
    expect(visitor.state()).to_have_attribute("data-state", "absent")
    page.get_by_text("Delete the scenario").click()
    page.get_by_role("button", name="Delete on-the-page").click()
    expect(page.get_by_text("This project has no scenario yet.")).to_be_visible()


@pytest.mark.parametrize("example", ["three-tiers", "trunk"])
def test_a_demanding_example_lives_on_the_page(
    example: str, visitor: Visitor, openstack_project: OpenStackProject
) -> None:
    """Written, planned, applied and destroyed by what there is to click."""
    page = visitor.page
    page.goto("/scenarios/new")
    visitor.log_in(openstack_project)
    text = (EXAMPLES / f"{example}.yaml").read_text(encoding="utf-8")
    page.get_by_label("The scenario, as YAML").fill(text)
    page.get_by_role("button", name="Save and plan").click()
    page.get_by_role("button", name="Apply this plan").click(timeout=_PLAN)
    expect(visitor.state()).to_have_attribute("data-state", "succeeded", timeout=_RUN)
    stages = page.locator("tr[data-address]").evaluate_all("rows => rows.map(r => r.dataset.stage)")
    assert set(stages) == {"done"}
    assert len(stages) >= 9
    page.get_by_role("link", name=example, exact=True).click()
    expect(visitor.state()).to_have_attribute("data-state", "in_sync")
    page.get_by_role("button", name="Plan a destroy").click()
    page.get_by_role("button", name="Destroy what is shown").click(timeout=_PLAN)
    expect(visitor.state()).to_have_attribute("data-state", "succeeded", timeout=_RUN)
    assert openstack_project.leftovers() == []


def test_a_run_is_cancelled(
    visitor: Visitor, faulty: str, openstack_project: OpenStackProject
) -> None:
    """What is under way comes to a safe point, the rest is not begun; a destroy takes it away."""
    page = visitor.page
    page.goto("/scenarios/new")
    visitor.log_in(openstack_project)
    text = "scenario: slow\nnetworks: {blue: {cidr: 10.10.1.0/24}}\n"
    text += "routers: {hub: {connects: [blue]}}\n"
    page.get_by_label("The scenario, as YAML").fill(text)
    page.get_by_role("button", name="Save and plan").click()
    button = page.get_by_role("button", name="Apply this plan")
    expect(button).to_be_visible(timeout=_PLAN)
    slow = Fault(service="network", method="POST", path="/v2.0/networks", delay_seconds=4.0)
    faults.add(faulty, slow)
    button.click()
    expect(visitor.node("network.blue")).to_have_attribute("data-stage", "running")
    page.get_by_role("button", name="Cancel").click()
    expect(visitor.state()).to_have_attribute("data-state", "cancelled", timeout=_RUN)
    expect(visitor.row("router.hub")).to_have_attribute("data-stage", "skipped")
    faults.clear(faulty)
    page.get_by_role("link", name="slow").click()
    page.get_by_role("button", name="Plan a destroy").click()
    page.get_by_role("button", name="Destroy what is shown").click(timeout=_PLAN)
    expect(visitor.state()).to_have_attribute("data-state", "succeeded", timeout=_RUN)


def test_a_scenario_lives_without_javascript(
    browser: Browser, service_url: str, tmp_path: Path, openstack_project: OpenStackProject
) -> None:
    """Pages under way ask for themselves again until there is something to do."""
    with visiting(browser, service_url, tmp_path, has_scripts=False) as visitor:
        page = visitor.page
        page.goto("/scenarios/new")
        visitor.log_in(openstack_project)
        editor = page.get_by_label("The scenario, as YAML")
        editor.fill("scenario: plain\nnetwork: {blue: {}}\n")
        page.get_by_role("button", name="Show problems and picture").click()
        expect(page.locator("#gutter .wrong")).to_have_text("2\n")
        expect(page.locator("#problems")).to_contain_text("line 2")
        editor.fill("scenario: plain\nnetworks: {blue: {}}\n")
        page.get_by_role("button", name="Save and plan").click()
        page.get_by_role("button", name="Apply this plan").click(timeout=_PLAN)
        expect(visitor.state()).to_have_attribute("data-state", "succeeded", timeout=_RUN)
        expect(visitor.node("network.blue")).to_have_attribute("data-stage", "done")
        page.get_by_role("link", name="plain").click()
        page.get_by_role("button", name="Plan a destroy").click()
        page.get_by_role("button", name="Destroy what is shown").click(timeout=_PLAN)
        expect(visitor.state()).to_have_attribute("data-state", "succeeded", timeout=_RUN)


def test_without_keystone_the_printed_bearer_opens_the_page(
    browser: Browser, tmp_path: Path, openstack_project: OpenStackProject
) -> None:
    """On the machine itself, with the cloud of whoever started it."""
    environment = dict(openstack_project.environment)
    with (
        served(tmp_path, **environment) as service,
        visiting(browser, service.url, tmp_path) as visitor,
    ):
        page = visitor.page
        page.goto("/project")
        page.get_by_label("Token").fill("wrong")
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("group", name="Failed: log in")).to_contain_text("req-")
        page.get_by_label("Token").fill(service.bearer)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("heading", name="The project as it is")).to_be_visible()
        expect(page.get_by_label("Acts with")).to_contain_text(environment["OS_AUTH_URL"])
        page.get_by_role("button", name="Log out").click()
        page.goto("/")
        expect(page.get_by_label("Token")).to_be_visible()
