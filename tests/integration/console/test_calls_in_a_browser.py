"""Calls as a supervisor works with them: found, heard, followed, commented, in a real browser."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from crm.staff.models import Role
from tests.fixtures.browser import accessibility_faults
from tests.fixtures.console_house import ConsoleHouse
from tests.fixtures.recorded_calls import SCRIPT, on_a_port, signed_in, with_a_call
from voxdesk.kernel.call import CallId

pytestmark = pytest.mark.integration
CALL = CallId("abcdef012345")


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    house = ConsoleHouse(tmp_path)
    house.person("maria", Role.SUPERVISOR)
    with_a_call(house, CALL)
    with on_a_port(house) as address:
        yield address
    house.close()


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
    expect(page.get_by_label("Position")).to_have_text(re.compile("^0:(0[2-9]|1)"))
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
