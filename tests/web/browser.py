# SPDX-License-Identifier: Apache-2.0
"""The browser of the tests: Debian's Chromium, or whichever is there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped] # has none
from playwright.sync_api import Browser, Page, expect, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_PATIENCE = 30_000
_GRAVE = {"serious", "critical"}


@contextmanager
def started_browser() -> Iterator[Browser]:
    """Start Chromium, or skip where there is none and scripts/test could not install it."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    with sync_playwright() as playwright:
        if found is None and not Path(playwright.chromium.executable_path).exists():
            pytest.skip("no Chromium here, and apt-get cannot install one")
        # Root has no sandbox; the pages are our own.
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        # On a machine that has much else to do a page is not as quick as it is.
        expect.set_options(timeout=_PATIENCE)
        try:
            yield browser
        finally:
            browser.close()


def grave_violations(page: Page) -> list[str]:
    """Return what axe finds to be serious or critical, with the elements concerned."""
    found: dict[str, Any] = Axe().run(page).response
    return [
        f"{each['id']}: {node['html'][:160]}: {node['failureSummary']}"
        for each in found["violations"]
        if each["impact"] in _GRAVE
        for node in each["nodes"]
    ]
