"""A supervisor's day in the console: a browser that a person might sit at, and calls that are made.

One program is served with its console and its work after calls, as in production; Chromium shows
its pages. Each test is a part of the day and goes on where the one before ended.
"""

import asyncio
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fixtures.browser import accessibility_faults, opened_page
from fixtures.browser_ear import put_ear, share_sounded, what_sounded
from fixtures.call_records import CallRecord, calling
from fixtures.served import Served
from fixtures.system import Speak
from playwright.sync_api import Browser, Page, expect

from voxdesk.app.control import ask, socket_path
from voxdesk.kernel.audio import Pcm
from voxdesk.kernel.call import EventKind

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]
PASSWORD = "four words without sense"  # noqa: S105  of nobody
CALLER = "+15550701"
# Long enough that words are shown before it is over.
WORDS = (
    "Hello, I was just passing by with the dog and the children, and so I wondered on which days "
    "and until when you are open. What are your opening hours?"
)
MENU = "Which one?"
WORK_WITHIN_S = 60
PHONE = 390


@dataclass
class Day:
    """A served program and somebody who sits at its console."""

    served: Served
    page: Page
    call_id: str = ""


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def beside_the_browser(work: Coroutine[Any, Any, str]) -> str:
    """In a thread of its own: the browser's has a loop already."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result(WORK_WITHIN_S)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory, chromium: Browser, speak: Speak) -> Iterator[Day]:
    speak(WORDS)  # while nothing waits for it
    port = free_port()
    served = Served(tmp_path_factory.mktemp("day"))
    served.env |= {"VOXDESK_CONSOLE__PORT": str(port), "VOXDESK_JOBS__RUN": "true"}
    try:
        served.start()
        page = opened_page(chromium, f"http://127.0.0.1:{port}")
        link = subprocess.run(
            [sys.executable, "-m", "voxdesk.app.cli", "staff", "first-link"],
            env=served.env,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout.strip()
        page.goto(link)
        page.get_by_label("Name", exact=False).first.fill("anna")
        page.get_by_label("Name as others see it").fill("Anna Berg")
        page.get_by_label("Password").first.fill(PASSWORD)
        page.get_by_role("button", name="Begin").click()
        expect(page.get_by_role("button", name="Anna Berg")).to_be_visible()
        yield Day(served, page)
    finally:
        served.close()


@contextmanager
def caller_on_the_line(served: Served, said: Pcm, may_speak: threading.Event) -> Iterator[None]:
    """Somebody who dials, and says it when they may; the end of the call is the end of the block.

    All of it beside the browser.
    """
    trouble: list[BaseException] = []

    async def talk() -> None:
        async with calling(served, CALLER, "shop") as (call, line):
            await line.shows(EventKind.PROMPT, utterance=2)
            await asyncio.to_thread(may_speak.wait, 60)
            await call.say_all(said)
            await line.shows(EventKind.ENDED)

    def run() -> None:
        try:
            asyncio.run(talk())
        except BaseException as error:  # noqa: BLE001  it is raised again in the test
            trouble.append(error)

    thread = threading.Thread(target=run, name="caller")
    thread.start()
    try:
        yield
    finally:
        may_speak.set()
        thread.join(120)
        assert not thread.is_alive()
    if trouble:
        raise trouble[0]


@contextmanager
def listener(day: Day, browser: Browser) -> Iterator[Page]:
    """The same person at another browser, who hears what its page plays; at the live page."""
    base = day.page.url.split("/", 3)
    page = opened_page(browser, "/".join(base[:3]), bypass_csp=True)
    put_ear(page)
    answer = page.request.post("/api/v1/session", data={"name": "anna", "password": PASSWORD})
    assert answer.ok, answer.text()
    page.goto("/live")
    yield page
    page.context.close()


def test_the_pages_of_the_menu_open_and_everybody_can_use_them(day: Day) -> None:
    """Both themes, and at the width of a phone: nothing that WCAG 2.2 AA forbids."""
    page = day.page
    links = page.get_by_role("navigation").get_by_role("link")
    paths = links.evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert "/flows" in paths
    faults: list[str] = []
    for path in [*paths, "/account"]:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.goto(path)
            page.wait_for_selector(f"html[data-mantine-color-scheme={scheme}]")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            expect(page.locator(".mantine-Loader-root")).to_have_count(0)
            faults += [f"{path} {scheme} {fault}" for fault in accessibility_faults(page)]
        page.set_viewport_size({"width": PHONE, "height": 844})
        for _ in range(50):  # the menu goes away
            page.wait_for_timeout(100)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide <= PHONE:
                break
        else:
            faults.append(f"{path} is {wide} px wide on a phone")
        page.set_viewport_size({"width": 1366, "height": 860})
    page.emulate_media(color_scheme="light")
    assert not faults, "\n".join(faults)


def test_a_call_is_watched_heard_and_ended_by_a_supervisor(
    day: Day, chromium: Browser, speak: Speak
) -> None:
    page, words, may_speak = day.page, speak(WORDS), threading.Event()
    page.goto("/live")
    with listener(day, chromium) as ear, caller_on_the_line(day.served, words, may_speak):
        ear.get_by_role("listitem").get_by_role("button").click(timeout=60_000)
        ear.get_by_role("button", name="Listen").click()
        expect(ear.get_by_text("You hear the caller left")).to_be_visible()
        may_speak.set()
        # Watched while it goes on: only the end of the number; words as they are said.
        row = page.get_by_role("listitem")
        expect(row).to_contain_text("•0701")
        assert CALLER not in row.inner_text()
        expect(row).to_contain_text(re.compile(r"Hello.* …"), timeout=60_000)
        expect(row).to_contain_text(re.compile(r"\d ms"), timeout=60_000)  # it was answered
        # Heard: what the browser plays is what was said, and the answer on the other side.
        sounded = what_sounded(ear)
        rate = sounded.sample_rate_hz
        assert share_sounded(words, sounded.left, rate) > 0.7
        assert share_sounded(words, sounded.right, rate) < 0.2
        assert np.abs(sounded.right).max() > 1000
        # Ended: the caller's end is in the log, and the session of the other browser ends too.
        token = ear.request.get("/api/v1/session").json()["csrf"]
        ear.request.delete("/api/v1/session", headers={"X-CSRF-Token": token})
        row.get_by_role("button").click()
        expect(page.get_by_role("dialog")).to_contain_text("opening hours")
        page.get_by_role("button", name="End the call").click()
        page.get_by_label("Why").fill("a test is over")
        page.get_by_role("button", name="End it now").click()
        # Nothing that the session showed stays on its page; the next who signs in begins anew.
        again = ear.get_by_role("dialog", name="Your session is over")
        expect(again).to_be_visible()
        expect(ear.get_by_role("listitem")).to_have_count(0)
        again.get_by_label("Password").first.fill(PASSWORD)
        again.get_by_role("button", name="Sign in").click()
        expect(again).not_to_be_visible()
        expect(ear.get_by_text("Your session is over")).to_have_count(0)
    record = CallRecord(day.served, CALLER)
    over = record.events(EventKind.ENDED)[0].data
    assert (over["by_us"], over["reason"]) == (True, "ended_by_staff")
    assert record.call is not None
    day.call_id = record.call.id
    again_ended = {"do": "end", "call": day.call_id}
    assert ask(socket_path(day.served.state_dir), again_ended, missing=None), "nothing to end"


def test_a_call_is_found_heard_commented_and_exported(day: Day) -> None:
    page = day.page
    # Found by what was said, once the work after the call is done.
    row = page.locator(f"a[href*='{day.call_id}']")
    for _ in range(WORK_WITHIN_S):
        page.goto("/calls")
        search = page.get_by_label("Search in what was said")
        search.fill("opening hours")
        search.press("Enter")
        expect(page).to_have_url(re.compile("opening"))
        page.wait_for_timeout(1000)
        if row.count():
            break
    row.first.click()
    expect(page).to_have_url(re.compile(rf"/calls/{day.call_id}"))

    # Heard: the position moves because sound is really played.
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(re.compile(r"0:0[2-9]"))
    page.get_by_role("button", name="Pause", exact=True).click()

    # Commented at that moment.
    page.get_by_label("Write a comment").fill("Answered well")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Answered well")).to_be_visible()

    # Exported.
    page.goto("/calls")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=re.compile("CSV")).click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert day.call_id in text


def test_a_flow_is_changed_published_and_the_next_call_hears_it(day: Day, speak: Speak) -> None:
    page = day.page
    page.goto("/flows/talk/edit")
    text = page.get_by_test_id("yaml")
    expect(text).to_be_visible()
    text.click()
    page.keyboard.press("Control+f")
    page.get_by_placeholder("Find").fill(MENU)
    page.get_by_placeholder("Replace").fill("Which one is it today?")
    page.get_by_role("button", name="replace all").click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("No mistakes found")).to_be_visible()
    page.get_by_role("button", name="Publish…").click()
    expect(page.get_by_text("Which one is it today?").last).to_be_visible()
    page.get_by_label("Why").fill("Shorter")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("is live for the next call")).to_be_visible(timeout=120_000)

    caller = "+15550702"
    assert day.served.status()["flows"]["talk"]["runs"], "it is said when it is so"

    async def listen() -> str:
        async with calling(day.served, caller, "talk") as (_, line):
            return str((await line.shows(EventKind.PROMPT, utterance=1)).data["text"])

    assert "Which one is it today?" in beside_the_browser(listen())


def test_a_session_that_ends_leaves_the_page_as_it_was(day: Day) -> None:
    page = day.page
    page.goto("/flows/shop/edit")
    page.get_by_test_id("yaml").click()
    page.keyboard.type("# half a thought\n")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save draft").click()
    dialog = page.get_by_role("dialog", name="Your session is over")
    dialog.get_by_label("Password").first.fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).not_to_be_visible()
    expect(page.get_by_test_id("yaml")).to_contain_text("half a thought")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Draft saved")).to_be_visible()


def test_two_who_edit_the_same_draft_lose_nothing(day: Day) -> None:
    page = day.page
    path = Path(day.served.env["VOXDESK_CONFIG"]).parent / "flows/talk.yaml"
    page.goto("/flows/talk/edit")
    page.get_by_test_id("yaml").click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("# mine\n")
    path.write_text(path.read_text() + "# theirs\n")
    page.get_by_role("button", name="Save draft").click()
    dialog = page.get_by_role("dialog", name="Somebody changed this meanwhile")
    expect(dialog.get_by_text("# theirs")).to_be_visible()
    dialog.get_by_role("button", name="Theirs", exact=True).last.click()
    dialog.get_by_role("button", name="Save this text").click()
    expect(dialog).not_to_be_visible()
    assert path.read_text().startswith("# mine\n")
    assert path.read_text().endswith("# theirs\n")
