# SPDX-License-Identifier: Apache-2.0
"""A browser for a file of tests, a served page and a tab for each of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from tests.fakes.fake_api import FakeApi
from tests.web.browser import started_browser
from tests.web.samples import sample
from tests.web.serving import Service, served


# Not for the whole run: while it is open its loop runs in this thread, which has room for no other.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with started_browser() as browser:
        yield browser


@pytest.fixture
def api() -> FakeApi:
    """An API with a project in it."""
    return sample()


@pytest.fixture
def service(api: FakeApi) -> Iterator[Service]:
    """The page, served."""
    with served(Service(api)) as service:
        yield service


@pytest.fixture
def tab(browser: Browser, service: Service) -> Iterator[Page]:
    """A tab whose addresses begin at the service; no error of a script goes unseen."""
    context = browser.new_context(base_url=service.url, viewport={"width": 1360, "height": 900})
    page = context.new_page()
    page.set_default_timeout(10_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda said: errors.append(said.text) if "Content Security" in said.text else None,
    )
    yield page
    context.close()
    assert errors == []
