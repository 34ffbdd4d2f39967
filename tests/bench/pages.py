"""How heavy and how quick the console's pages are: `python -m tests.bench.pages ADDRESS`.

Opens the console at ADDRESS in Chromium, signs in (name and password from VOXDESK_NAME and
VOXDESK_PASSWORD), and visits every page of the menu, each in a browser that has nothing kept. What
Lighthouse looks at is reported: bytes over the network (compressed), first and largest paint,
blocking time, layout shift, size of the document, and what axe finds in both themes. The network
isn't slowed down and the processor isn't either: figures are this machine's.

`--shots DIR` takes a picture of every page instead, to be looked at: both languages, both themes,
laptop and phone.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench.page_shots import shoot
from fixtures.browser import ARGUMENTS, accessibility_faults, chromium_path

SETTLED_MS = 1500
MEASURE = """() => new Promise(resolve => {
  const seen = { lcp: 0, cls: 0, tbt: 0 };
  const watch = (type, take) =>
    new PerformanceObserver(list => list.getEntries().forEach(take))
      .observe({ type, buffered: true });
  watch('largest-contentful-paint', entry => { seen.lcp = entry.startTime; });
  watch('layout-shift', entry => { if (!entry.hadRecentInput) seen.cls += entry.value; });
  watch('longtask', entry => { seen.tbt += Math.max(0, entry.duration - 50); });
  setTimeout(() => {
    const paint = performance.getEntriesByName('first-contentful-paint')[0];
    resolve({ ...seen, fcp: paint ? paint.startTime : 0,
              nodes: document.getElementsByTagName('*').length });
  }, 300);
})"""


@dataclass(frozen=True, slots=True)
class Visit:
    """One page, cold. Times in ms, sizes in KB of 1,000 bytes as sent over the network."""

    page: str
    script_kb: float
    style_kb: float
    all_kb: float
    requests: int
    first_paint_ms: float
    largest_paint_ms: float
    blocking_ms: float
    layout_shift: float
    nodes: int
    faults: tuple[str, ...]


def visited(browser: Browser, base: str, path: str, kept: Any) -> Visit:
    """Open a page in a new browser that is signed in, and measure."""
    context = browser.new_context(
        base_url=base, storage_state=kept, viewport={"width": 1366, "height": 860}
    )
    page = context.new_page()
    sizes: dict[str, float] = {}
    kinds: dict[str, str] = {}
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["type"]}))
    session.on(
        "Network.loadingFinished",
        lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]}),
    )
    page.goto(path)
    page.wait_for_timeout(SETTLED_MS)
    found = page.evaluate(MEASURE)
    faults = tuple(_faults(page))
    context.close()

    def kb(kind: str = "") -> float:
        return round(
            sum(size for of, size in sizes.items() if not kind or kinds.get(of) == kind) / 1000, 1
        )

    return Visit(
        page=path,
        script_kb=kb("Script"),
        style_kb=kb("Stylesheet"),
        all_kb=kb(),
        requests=len(sizes),
        first_paint_ms=round(found["fcp"]),
        largest_paint_ms=round(found["lcp"]),
        blocking_ms=round(found["tbt"]),
        layout_shift=round(found["cls"], 3),
        nodes=found["nodes"],
        faults=faults,
    )


def _faults(page: Page) -> Iterator[str]:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.wait_for_selector(f"html[data-mantine-color-scheme={scheme}]")
        page.wait_for_timeout(300)
        yield from (f"{scheme}: {fault}" for fault in accessibility_faults(page))


def sign_in(context: BrowserContext, name: str, password: str) -> Any:
    """The state of a browser that is signed in; and the menu's addresses."""
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").first.fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("navigation").get_by_role("link").first.wait_for()
    paths = (
        page.get_by_role("navigation")
        .get_by_role("link")
        .evaluate_all("links => links.map(link => link.getAttribute('href'))")
    )
    return context.storage_state(), paths


def main() -> int:
    """Print a table; 1 when a page has faults of accessibility."""
    parser = argparse.ArgumentParser(prog="tests.bench.pages", description=__doc__)
    parser.add_argument("address", help="of the console: http://127.0.0.1:8080")
    parser.add_argument("--json", type=Path, help="write it here as well")
    parser.add_argument("--also", nargs="*", default=[], help="further pages: /calls/CALLID")
    parser.add_argument("--shots", type=Path, help="no figures: a picture of every page in here")
    given = parser.parse_args()
    name, password = (os.environ.get(f"VOXDESK_{key}", "") for key in ("NAME", "PASSWORD"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        kept, paths = sign_in(browser.new_context(base_url=given.address), name, password)
        paths += given.also
        if given.shots:
            count = shoot(browser, given.address, kept, ["/", *paths], given.shots)
            sys.stdout.write(f"{count} pictures are in {given.shots}\n")
            return 0
        visits = [visited(browser, given.address, "/", {})]
        visits += [visited(browser, given.address, path, kept) for path in paths]
        browser.close()
    say = sys.stdout.write
    say("page                 script style  all KB  requests first largest blocking shift nodes\n")
    for one in visits:
        say(
            f"{one.page[:20]:20} {one.script_kb:6.0f} {one.style_kb:5.0f} {one.all_kb:7.0f}"
            f" {one.requests:9} {one.first_paint_ms:5.0f} {one.largest_paint_ms:7.0f}"
            f" {one.blocking_ms:8.0f} {one.layout_shift:5.3f} {one.nodes:5}\n"
        )
    faults = [f"  {one.page}  {fault}\n" for one in visits for fault in one.faults]
    say(f"\n{len(faults)} faults of accessibility (axe, WCAG 2.2 A and AA, both themes)\n")
    sys.stdout.writelines(faults)
    if given.json:
        given.json.write_text(json.dumps([asdict(one) for one in visits], indent=1))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
