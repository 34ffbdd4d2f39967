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


MISTAKEN = """\
steps:
  hello: {say: Hello., then: meny}
  menu: {menu: What is it?, attempts: 12, options: {bye: {phrases: [bye], then: bye}}}
  bye: {end: Goodbye.}
"""


def test_who_reads_chinese_is_told_in_chinese_what_is_wrong(
    chromium: Browser, address: str, tmp_path: Path
) -> None:
    (tmp_path / "config/flows/shop.yaml").write_text(MISTAKEN)
    page = signed_in(chromium, address, "/flows/shop/edit")
    told = page.get_by_role("status")
    expect(told).to_contain_text('step "hello" goes to "meny"')
    csrf = page.request.get("/api/v1/session").json()["csrf"]
    wanted = {"data": {"language": "zh"}, "headers": {"X-CSRF-Token": csrf}}
    assert page.request.patch("/api/v1/session/preferences", **wanted).ok
    page.reload()
    expect(told).to_contain_text("步骤“hello”通向“meny”")
    expect(told).to_contain_text("您是否想写“menu”")
    expect(told).to_contain_text("“attempts”必须是 1 至 9 之间的整数")

    page.goto("/imports")
    nothing = {"name": "call.wav", "mimeType": "audio/wav", "buffer": b""}
    page.locator("input[type=file]").set_input_files(nothing)
    expect(page.get_by_text("文件是空的")).to_be_visible()
