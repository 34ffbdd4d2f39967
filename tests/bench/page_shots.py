"""Every page as a picture: both languages, both themes, laptop and phone.

Pages are whole (as far down as they go, within reason), so that what is cut or runs over is seen.
"""

import contextlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page
from playwright.sync_api import TimeoutError as TookTooLong

LANGUAGES: Final = ("en", "zh")
SCHEMES: Final = ("light", "dark")
WIDTHS: Final = (1366, 390)
SETTLED_MS: Final = 900
REPAINTED_MS: Final = 350
TALLEST_PX: Final = 2600
API: Final = "/api/v1"
# Pages behind a menu's page: its tabs, and where its rows lead to.
TABS: Final = {
    "/staff": ("?tab=tokens",),
    "/privacy": ("?tab=holds", "?tab=retention"),
    "/knowledge": ("?tab=ask", "?tab=unanswered"),
    "/scores": ("?tab=list",),
}
OF_A_FLOW: Final = ("", "/edit", "/try", "/tests", "/versions")


def shoot(browser: Browser, base: str, kept: Any, paths: Iterable[str], folder: Path) -> int:
    """Write `en-light-1366-calls.png` and so on; how many."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for language in LANGUAGES:
        context = browser.new_context(
            base_url=base, storage_state=kept, locale=language, reduced_motion="reduce"
        )
        page = context.new_page()
        _read_in(page, language)
        for path in _all(page, paths):
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 860})
                page.goto(path)
                _settle(page)
                for scheme in SCHEMES:
                    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                    page.wait_for_selector(f"html[data-mantine-color-scheme={scheme}]")
                    page.wait_for_timeout(REPAINTED_MS)
                    name = re.sub(r"[^\w]+", "-", path).strip("-") or "first"
                    _shot(page, folder / f"{language}-{scheme}-{width}-{name}.png", width)
                    count += 1
        context.close()
    return count


def _settle(page: Page) -> None:
    """Wait until nothing is being looked up, but not for ever: live pages never come to rest."""
    page.wait_for_timeout(SETTLED_MS)
    with contextlib.suppress(TookTooLong):
        page.wait_for_function("() => !document.querySelector('.mantine-Loader-root')")


def _shot(page: Page, file: Path, width: int) -> None:
    height, wide = page.evaluate(
        "() => [document.documentElement.scrollHeight, document.documentElement.scrollWidth]"
    )
    page.screenshot(
        path=file,
        full_page=True,
        clip={"x": 0, "y": 0, "width": max(wide, width), "height": min(height, TALLEST_PX)},
    )


def _read_in(page: Page, language: str) -> None:
    """An account has a language, which pages follow; the theme is left to the browser's."""
    page.goto("/")
    csrf = page.request.get(f"{API}/session").json()["csrf"]
    page.request.patch(
        f"{API}/session/preferences",
        data={"language": language, "theme": "auto"},
        headers={"X-CSRF-Token": csrf},
    )


def _all(page: Page, paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        yield path
        yield from (path + tab for tab in TABS.get(path, ()))
        if path == "/calls":
            yield from (f"/calls/{call['id']}" for call in _found(page, "calls?limit=1", "calls"))
        if path == "/flows":
            names = [flow["name"] for flow in _found(page, "flows")][:1]
            yield from (f"/flows/{name}{tab}" for name in names for tab in OF_A_FLOW)
        if path == "/knowledge":
            yield from (f"/knowledge/{one['name']}" for one in _found(page, "knowledge")[:1])
    yield "/account"
    yield "/nowhere"


def _found(page: Page, what: str, within: str = "") -> list[dict[str, Any]]:
    answer = page.request.get(f"{API}/{what}").json()
    return list(answer[within] if within else answer)
