"""Pages in the system's Chromium; tests that need it are skipped, visibly, where there is none."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@dataclass
class Browser:
    """One browser, and everything that its pages asked for or complained of."""

    chromium: Any
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    async def opens(self, address: str | Path, *, width: int = 1280, scheme: str = "light") -> Any:
        """Open an address or a file in a new page."""
        page = await self.chromium.new_page(
            viewport={"width": width, "height": 900}, color_scheme=scheme
        )
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", self._dialog)
        await page.goto(address.as_uri() if isinstance(address, Path) else address)
        return page

    async def _dialog(self, dialog: Any) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    def asked_elsewhere(self, *own: str) -> list[str]:
        """List requests to anything but these beginnings of addresses."""
        return [url for url in self.requests if not url.startswith((*own, "data:"))]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Start the system's Chromium."""
    api = pytest.importorskip("playwright.async_api", reason="playwright is not installed")
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip("no Chromium on this machine")
    async with api.async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield Browser(chromium)
        await chromium.close()
