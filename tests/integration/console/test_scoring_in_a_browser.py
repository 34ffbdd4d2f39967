"""Scoring as a supervisor does it all day: by keys, while listening, whatever comes between."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from crm.staff.models import Role
from tests.fixtures.browser import accessibility_faults
from tests.fixtures.console_house import PASSWORD, ConsoleHouse
from tests.fixtures.recorded_calls import SCRIPT, on_a_port, signed_in, with_a_call
from voxdesk.kernel.call import CallId

pytestmark = pytest.mark.integration
CALL, SHARED = CallId("abcdef012345"), CallId("abcdef012346")
CARD = f"""\
title: Talk
passed_from: 60
sections:
  talk:
    title: The talk
    questions:
      polite: {{ask: "Polite? {SCRIPT}", guidance: Thanks and please.}}
      clear: {{ask: Clear?, scale: 1-5, weight: 3}}
      leak: {{ask: Leak?, good: "no", fatal: true, not_applicable: true}}
"""


@dataclass
class Desk:
    """A console with two calls, a scorecard and people who score."""

    house: ConsoleHouse
    address: str

    def write(self, text: str) -> None:
        cards = self.house.settings.config_dir / "scorecards"
        cards.mkdir(exist_ok=True)
        (cards / "talk.yaml").write_text(text)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    house = ConsoleHouse(tmp_path_factory.mktemp("desk"))
    for name in ("maria", "bob", "cem"):
        house.person(name, Role.SUPERVISOR)
    for call in (CALL, SHARED):
        with_a_call(house, call, agent="anna", flow_name="shop", flow_version="v1")
    with on_a_port(house) as address:
        desk = Desk(house, address)
        desk.write(CARD)
        yield desk
    house.close()


def question(page: Page, name: str) -> str:
    """The answer that is chosen."""
    return page.locator(f"[data-question={name}] input[type=radio]:checked").input_value()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def begun(page: Page) -> None:
    expect(page.get_by_role("button", name="Begin")).to_be_visible()
    press(page, "Control+Enter")
    expect(page.get_by_role("button", name="Finish")).to_be_visible()


def saved(page: Page) -> None:
    expect(page.get_by_text(re.compile("^Saved "))).to_be_visible()


def test_a_call_is_scored_by_keys_and_nothing_is_lost_on_the_way(
    desk: Desk, chromium: Browser
) -> None:
    page = signed_in(chromium, desk.address, f"/calls/{CALL}?tab=score&t=0:04")
    expect(page.get_by_label("Position")).to_have_text("0:04 / 0:12")
    begun(page)
    expect(page.get_by_text(f"Polite? {SCRIPT}")).to_be_visible()
    expect(page.get_by_text("Thanks and please.")).to_be_visible()
    expect(page.get_by_text("Fatal", exact=True)).to_be_visible()

    press(page, "y", "4", "n", "[", "c")
    page.keyboard.type("calm")
    saved(page)
    expect(page.locator("[data-question=clear]")).to_contain_text("0:04 · menu")
    assert accessibility_faults(page) == []
    # Reloaded before it is saved.
    page.keyboard.type(" and clear")
    page.reload()
    comment = page.get_by_label("Comment: Clear?")
    expect(comment).to_have_value("calm and clear")

    # The scorecard is changed, and the session ends.
    desk.write(CARD.replace("Thanks and please.", "Thanks."))
    desk.house.clock.passes(days=60)
    page.get_by_label("On the whole call").fill("Well done")
    expect(page.get_by_role("heading", name="Your session is over")).to_be_visible()
    page.locator("input[type=password]").fill(PASSWORD)
    press(page, "Enter")
    saved(page)
    page.reload()
    expect(page.get_by_label("On the whole call")).to_have_value("Well done")
    expect(page.get_by_text("You go on with version 1")).to_be_visible()
    assert [question(page, name) for name in ("polite", "clear", "leak")] == ["1", "4", "0"]

    press(page, "Control+Enter")
    expect(page.get_by_text("Finished ")).to_be_visible()
    expect(page.get_by_text("Score: 85")).to_be_visible()
    page.goto("/scores?since=2026-03-01&until=2026-04-30")
    for by, row in (
        ("Agent", "anna"),
        ("Flow", "shop"),
        ("Version of the flow", "shop · v1"),
        ("Step of the flow", "shop · menu"),
        ("Month", "2026-03-01"),
    ):
        page.get_by_role("combobox", name="By", exact=True).click()
        page.get_by_role("option", name=by, exact=True).click()
        found = page.get_by_role("region", name=f"Mean: {by}", exact=True)
        found.get_by_text("Table", exact=True).click()
        expect(found.get_by_role("row").filter(has_text=row)).to_be_visible()
    page.context.close()


def test_the_second_at_a_call_is_told_and_nobody_loses_a_word(
    desk: Desk, chromium: Browser
) -> None:
    path = f"/calls/{SHARED}?tab=score"
    maria = signed_in(chromium, desk.address, path)
    begun(maria)
    press(maria, "y", "4")
    saved(maria)

    # Somebody else takes it over; what maria types goes on as her own.
    bob = signed_in(chromium, desk.address, path, "bob")
    bob.get_by_role("button", name="Begin").click()
    expect(bob.get_by_role("alert")).to_contain_text("maria is scoring this call")
    bob.get_by_role("button", name="Take theirs over").click()
    expect(bob.get_by_text("1 question open")).to_be_visible()
    assert question(bob, "clear") == "4"
    press(maria, "n")
    expect(maria.get_by_role("alert")).to_contain_text("This scoring is bob's")
    maria.get_by_role("button", name="Go on as my own").click()
    expect(maria.get_by_text("everything is answered")).to_be_visible()
    assert [question(maria, name) for name in ("polite", "clear", "leak")] == ["1", "4", "0"]

    # Two windows of one person: both texts are shown, and chosen from.
    other = maria.context.new_page()
    other.goto(path)
    expect(other.get_by_text("everything is answered")).to_be_visible()
    press(maria, "]", "5")
    saved(maria)
    other.get_by_label("On the whole call").fill("From the other window")
    expect(other.get_by_text("Both texts are still there.")).to_be_visible()
    assert accessibility_faults(other) == []
    other.get_by_label("Clear?: In the other window").check()
    other.get_by_role("button", name="Go on with what is chosen").click()
    saved(other)
    assert question(other, "clear") == "5"
    expect(other.get_by_label("On the whole call")).to_have_value("From the other window")
    bob.context.close()
    maria.context.close()
