# SPDX-License-Identifier: Apache-2.0
"""The page as people use it, in a real browser: with the mouse, with keys, with a screen reader."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.web.browser import grave_violations
from tests.web.samples import (
    ENDED_RUN,
    EVENTS,
    FAILED,
    PLAN,
    REQUEST_ID,
    RUN,
    SCENARIO,
    run,
)
from tests.web.serving import Service

from stackloom.errors import Problem
from stackloom.wire.scenario import Validation

pytestmark = pytest.mark.slow

PAGES = {
    "login": "/login",
    "scenarios": "/",
    "scenario": f"/scenarios/{SCENARIO}",
    "new": "/scenarios/new",
    "edit": f"/scenarios/{SCENARIO}/edit",
    "plan": f"/plans/{PLAN}",
    "run": f"/runs/{RUN}",
    "ended run": f"/runs/{ENDED_RUN}",
    "project": "/project",
    "nothing": "/nowhere",
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_grave(service: Service, tab: Page, name: str, theme: str) -> None:
    """No page has a serious violation of WCAG, light or dark, with a problem and a choice shown."""
    service.api.give("POST /v1/scenarios/validate", _WRONG)
    tab.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
    tab.goto(PAGES[name])
    for face in tab.locator("svg.topology > a > .face").all()[:1]:
        face.click()

    assert grave_violations(tab) == []


_WRONG = Validation(
    is_valid=False,
    problems=(
        Problem(
            file="scenario.yaml",
            line=4,
            column=3,
            message='there is no kind "networkz"',
            hint="networks",
        ),
    ),
)


def test_a_problem_is_marked_at_its_line_as_one_types(service: Service, tab: Page) -> None:
    """The line, its number and its words are marked; once it is right again nothing is."""
    tab.goto("/scenarios/new")
    expect(tab.locator("#gutter .wrong")).to_have_count(0)
    service.api.give("POST /v1/scenarios/validate", _WRONG)

    tab.get_by_label("The scenario, as YAML").press_sequentially("x")

    expect(tab.locator("#gutter .wrong")).to_have_text("4\n")
    expect(tab.locator("#marks .wrong")).to_have_text("  green: {cidr: 10.10.2.0/24}\n")
    expect(tab.get_by_role("region", name="Problems")).to_contain_text(
        'line 4 there is no kind "networkz"'
    )
    expect(tab.get_by_label("The scenario, as YAML")).to_have_attribute("aria-invalid", "true")

    service.api.give(
        "POST /v1/scenarios/validate", Validation(is_valid=True, problems=(), resources=5)
    )
    tab.get_by_label("The scenario, as YAML").press_sequentially("y")
    expect(tab.locator("#gutter .wrong")).to_have_count(0)
    expect(tab.get_by_role("region", name="Problems")).to_have_text("No problem, 5 resources.")


def test_the_changed_fields_are_shown_on_a_click(tab: Page) -> None:
    """Choosing a thing on the plan shows what it is, what changes, and its row in the table."""
    tab.goto(f"/plans/{PLAN}")

    tab.locator("#node-server\\.web-0").click(position={"x": 60, "y": 20})

    about = tab.locator("#about")
    expect(about).to_be_visible()
    expect(about.get_by_role("heading")).to_have_text("server web-0, m1.tiny")
    expect(about).to_contain_text("cirros-0.5")
    expect(about).to_contain_text("forces replacement")
    expect(about).to_contain_text("floating_ip.web")
    expect(tab.locator("#row-server\\.web-0")).to_have_class(re.compile("chosen"))
    about.get_by_role("button", name="Close").click()
    expect(about).to_be_hidden()


def test_everything_can_be_done_with_keys(tab: Page) -> None:
    """Arrow keys go from thing to thing on the picture, Enter chooses, Escape lets go."""
    tab.goto(f"/plans/{PLAN}")
    tab.keyboard.press("Tab")
    expect(tab.get_by_role("link", name="Skip to the content")).to_be_focused()
    tab.keyboard.press("Enter")
    for _ in range(30):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.className") == "canvas":
            break
    tab.keyboard.press("ArrowDown")
    expect(tab.locator("svg.topology > a").first).to_be_focused()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowDown")
    focused = tab.evaluate("document.activeElement.dataset.key")
    assert focused.partition(".")[0] in {"network", "router", "server"}

    tab.keyboard.press("Enter")
    expect(tab.locator("#about")).to_be_visible()
    tab.keyboard.press("Escape")
    expect(tab.locator("#about")).to_be_hidden()


def test_a_run_is_shown_as_it_happens_and_resumes(service: Service, tab: Page) -> None:
    """Each event changes its thing on the picture; after a break the rest comes, nothing twice."""
    own = f"GET /v1/runs/{RUN}"
    picture = f"GET /v1/scenarios/{SCENARIO}/graph?overlay=run:{RUN}&format=svg"
    events = service.api.answers.pop(f"{own}/events")
    service.api.give(f"{own}/events", b'{"events":[]}')
    plan = f"GET /v1/scenarios/{SCENARIO}/graph?format=svg&overlay=plan:{PLAN}"
    drawn = service.api.answers[picture]
    service.api.answers[picture] = service.api.answers[plan]
    # Up to the failure, after which the page asks for itself again.
    service.tell(EVENTS[1:7], breaks=2, ends=False)

    tab.goto(f"/runs/{RUN}")

    expect(tab.locator("#log li")).to_have_count(6)
    expect(tab.locator("#node-network\\.back")).to_have_attribute("data-stage", "done")
    expect(tab.locator("#node-server\\.web-0")).to_have_attribute("data-stage", "running")
    expect(tab.locator("#row-network\\.back [data-stage-cell]")).to_contain_text("done")
    expect(tab.locator("#bar-words")).to_have_text("4 of 8 steps have ended")
    assert service.resumed_after == [0, 3]

    service.api.answers[picture], service.api.answers[f"{own}/events"] = drawn, events
    service.api.give(own, run(state="failed", error=FAILED))
    service.tell(EVENTS)
    tab.reload()
    pin = tab.locator("svg.topology .pin")
    expect(pin).to_contain_text("403 from compute")
    expect(pin).to_contain_text(REQUEST_ID)
    expect(tab.get_by_role("group", name="The run failed")).to_contain_text("server.app")


def test_light_and_dark_are_chosen_at_once_and_kept(tab: Page) -> None:
    """The switch changes the colours without a request, and the next page comes with them."""
    tab.emulate_media(color_scheme="light")
    tab.goto("/")
    before = tab.evaluate("getComputedStyle(document.body).backgroundColor")

    tab.get_by_role("button", name="Dark").click()

    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") != before
    expect(tab.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    tab.goto("/project")
    expect(tab.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_list_is_kept_fresh(service: Service, tab: Page) -> None:
    """What changes in the project appears by itself."""
    tab.clock.install()
    tab.goto("/")
    expect(tab.get_by_role("link", name="classroom")).to_be_visible()
    service.api.refuse("GET /v1/scenarios", "database.away", 503, "PostgreSQL is being restarted")

    tab.clock.run_for(6_000)

    expect(tab.get_by_role("group", name="Failed: list the scenarios")).to_be_visible()


def test_what_takes_long_is_said_to_be_under_way(tab: Page) -> None:
    """A bar at the top once the next page is a moment late, and at the button that was pressed."""
    tab.goto(f"/plans/{PLAN}")
    bar = tab.get_by_role("progressbar", name="Loading")
    expect(bar).to_be_hidden()
    # The next page never comes; Playwright would wait for one that is only late.
    tab.evaluate(
        """
        const stay = (event) => event.preventDefault();
        window.addEventListener("click", (event) => event.target.closest("a") && stay(event));
        window.addEventListener("submit", stay);
        """
    )
    tab.get_by_role("link", name="Project").click()
    expect(bar).to_be_visible()
    button = tab.get_by_role("button", name="Apply this plan")
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    # As when one comes back by the browser's own button.
    tab.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow'))")
    expect(bar).to_be_hidden()
    expect(button).not_to_have_attribute("aria-busy", "true")


def test_nothing_is_as_wide_as_to_be_cut_off_in_a_narrow_window(
    browser: Browser, service: Service
) -> None:
    """On a telephone no page is wider than the window."""
    context = browser.new_context(base_url=service.url, viewport={"width": 390, "height": 800})
    tab = context.new_page()
    wide = {}
    for name, path in PAGES.items():
        tab.goto(path)
        width = tab.evaluate("document.documentElement.scrollWidth")
        if width > 390:
            wide[name] = width
    context.close()

    assert wide == {}


def test_without_scripts_a_run_refreshes_itself_and_the_picture_leads_to_the_table(
    browser: Browser, service: Service
) -> None:
    """A browser without JavaScript shows all of it, links lead where clicks would."""
    context = browser.new_context(base_url=service.url, java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"/runs/{RUN}")

    expect(tab.locator("svg.topology .pin")).to_contain_text(REQUEST_ID)
    refresh = tab.locator("noscript meta[http-equiv=refresh]")
    assert refresh.get_attribute("content") == "5"
    tab.locator("#node-server\\.app").click(position={"x": 60, "y": 16})
    assert tab.url.endswith("#row-server.app")
    tab.goto("/scenarios/new")
    expect(tab.get_by_role("button", name="Show problems and picture")).to_be_visible()
    context.close()
