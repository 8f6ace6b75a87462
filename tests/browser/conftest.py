"""A real browser for the page's tests; where there is none they say so and are skipped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
SHOTS = os.environ.get("FITSCOPE_SHOTS")  # a folder for screenshots, for people to look at
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright (dev extra)")
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("needs a Chromium browser: install the package chromium")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core: named by FITSCOPE_AXE, or where `npm install` put it."""
    places = [ROOT / folder / "node_modules/axe-core/axe.min.js" for folder in (".", ".browser")]
    named = os.environ.get("FITSCOPE_AXE")
    found = next((file for file in ([Path(named)] if named else places) if file.exists()), None)
    if found is None:
        pytest.skip("needs axe-core: npm install --prefix .browser axe-core")
    return found.read_text(encoding="utf-8")


# Of each chart that is not folded away: how many of its pixels have a strong colour. One that says
# why it is empty has enough.
MARKS = """[...document.querySelectorAll(".chart")].filter(one => one.clientWidth).map(one => {
  const canvas = one.querySelector("canvas");
  if (!canvas) return 0;
  if (fitscope.shown(one).message) return Infinity;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let found = 0;
  for (let i = 0; i < data.length; i += 4) {
    const [r, g, b, a] = data.subarray(i, i + 4);
    if (a > 128 && Math.max(r, g, b) - Math.min(r, g, b) > 40) found += 1;
  }
  return found;
})"""


class Visit:
    """An open page and everything that went wrong on it."""

    def __init__(self, page: Page, allowed: str) -> None:
        self.page = page
        self.problems: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("dialog", lambda dialog: self.problems.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: self._asked(request.url, allowed))

    def _said(self, message: Any) -> None:
        if "willReadFrequently" in message.text:  # the tests read what is drawn
            return
        if message.type in ("error", "warning"):
            self.problems.append(f"{message.type}: {message.text}")

    def _asked(self, url: str, allowed: str) -> None:
        if not url.startswith((allowed, "data:", "blob:")):
            self.problems.append(f"request: {url}")

    def shoot(self, name: str) -> None:
        """Take a picture of the whole page, if somebody wants to look at it: it takes a second."""
        if SHOTS:
            self.page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)

    def drawn(self) -> None:
        """Wait until every chart that is not folded away has marks, whether it is seen or not."""
        self.page.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
        for _ in range(50):
            found = self.page.evaluate(MARKS)
            if all(marks > 20 for marks in found):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"charts have {found}; the page said {self.problems}")


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Open a page: `visit(file, width=800, dark=True, scripts=True)`."""
    contexts = []

    def open_page(
        file: Path | str,
        width: int = 1280,
        dark: bool = False,
        scripts: bool = True,
        ready: Callable[[Page], None] = lambda _: None,
    ) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            bypass_csp=False,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        address = file.as_uri() if isinstance(file, Path) else file
        seen = Visit(page, address.rsplit("/", 1)[0])
        ready(page)
        page.goto(address)
        return seen

    yield open_page
    for context in contexts:
        context.close()
