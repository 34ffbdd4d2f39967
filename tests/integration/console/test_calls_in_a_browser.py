"""Calls as a supervisor works with them: found, heard, followed, commented, in a real browser."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from crm.calls.entries import LoggedEvent, NewCall, opening
from crm.calls.models import Call
from crm.calls.repository import store
from crm.staff.models import Role
from recordings.wav_file import WavFile
from tests.fixtures.browser import ROOT, accessibility_faults
from tests.fixtures.console_house import PASSWORD, ConsoleHouse
from tests.fixtures.told_calls import ANSWERED_AT, event
from voxdesk.app.calls.after import catch_up
from voxdesk.app.recordings_kept import library_of
from voxdesk.kernel.call import CallId, Direction, EventKind

pytestmark = pytest.mark.integration
CALL = CallId("abcdef012345")
SCRIPT = "<img src=x onerror=alert(1)>"
SECONDS = 12


def with_a_call(house: ConsoleHouse) -> None:
    log = [
        event(EventKind.ANSWERED, 0, CALL),
        event(EventKind.STEP, 0, CALL, step="menu", flow="shop"),
        event(EventKind.PROMPT, 0, CALL, text="How can I help?", utterance=1, first_audio_ms=0),
        event(EventKind.PROMPT_FINISHED, 2000, CALL, utterance=1),
        event(
            EventKind.HEARD, 5000, CALL, turn=1, text="where is my parcel", speech_start_ms=3000,
            speech_end_ms=4600,
        ),
        event(EventKind.NO_MATCH, 5000, CALL, step="menu"),
        event(EventKind.ENDED, SECONDS * 1000, CALL, cause="caller_hung_up"),
    ]  # fmt: skip
    new = NewCall(CALL, Direction.INBOUND, ANSWERED_AT, caller="+15550100", caller_name=SCRIPT)
    name = f"2026/03/29/{CALL}.wav"
    file = WavFile(house.settings.state_dir / "recordings" / name, 8000)
    tone = (9000 * np.sin(np.arange(8000 * SECONDS) / 3)).astype(np.int16)
    file.write(0, np.stack([tone, tone], axis=1))
    file.close()
    with house.database.transaction() as session:
        store(session, [opening(new), *(LoggedEvent(n, one) for n, one in enumerate(log))])
        session.get_one(Call, CALL).recording_path = name
    catch_up(house.database, library_of(house.settings))


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    if not (ROOT / "console" / "dist" / "index.html").exists():
        pytest.skip("the console's pages are not built: make console")
    house = ConsoleHouse(tmp_path)
    house.person("maria", Role.SUPERVISOR)
    with_a_call(house)
    server = uvicorn.Server(uvicorn.Config(house.app, port=0, log_level="error"))
    socket = server.config.bind_socket()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]})
    thread.start()
    yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    house.clock.at += timedelta(seconds=1)
    server.should_exit = True
    thread.join(10)
    house.close()


def signed_in(chromium: Browser, address: str, path: str) -> Page:
    page = chromium.new_page(locale="en", viewport={"width": 1366, "height": 800})
    page.set_default_timeout(15_000)
    page.goto(address + path)
    page.get_by_label("Name").fill("maria")
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    return page


def test_a_call_is_found_heard_followed_and_commented(chromium: Browser, address: str) -> None:
    page = signed_in(chromium, address, "/calls")
    box = page.get_by_role("searchbox")
    box.fill("parc*")
    box.press("Enter")
    expect(page.get_by_text("there are no patterns")).to_be_visible()
    box.fill('"my parcel" no-match:1')
    box.press("Enter")
    row = page.locator("[data-call]")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(SCRIPT)
    assert accessibility_faults(page) == []
    row.focus()
    page.keyboard.press("Enter")

    # The sound really plays: its position goes on, and the words with it.
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_label("Position")).to_have_text("0:02 / 0:12")
    page.get_by_text("parcel", exact=True).click()
    turn = page.locator("[data-turn][data-now]")
    expect(turn).to_contain_text("where is my parcel")
    page.get_by_role("button", name="Pause").click()

    page.get_by_label("Write a comment").fill(f"Not understood {SCRIPT}")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text(f"Not understood {SCRIPT}")).to_be_visible()
    assert accessibility_faults(page) == []


def test_a_link_leads_to_its_second_and_keys_move_on(chromium: Browser, address: str) -> None:
    page = signed_in(chromium, address, f"/calls/{CALL}?t=0:04")

    position = page.get_by_label("Position")
    expect(position).to_have_text("0:04 / 0:12")
    page.keyboard.press("ArrowRight")
    expect(position).to_have_text("0:06 / 0:12")
    page.keyboard.press("ArrowUp")
    expect(position).to_have_text("0:03 / 0:12")
    page.keyboard.press("?")
    expect(page.get_by_text("10 s back, 10 s ahead")).to_be_visible()
