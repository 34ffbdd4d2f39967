"""What the pages of flows ask for, on a real database and files."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from fixtures.console_house import ConsoleHouse

from crm.staff.models import Role

pytestmark = pytest.mark.integration

FLOW = """\
steps:
  hello:
    menu: Orders or returns?
    options:
      orders: {phrases: [orders, my order], then: hours}
      returns: {phrases: [returns, send back], then: bye}
    give_up: bye
  hours: {say: We are here from 9 to 6., then: bye}
  bye: {end: Goodbye.}
"""
TESTS = """\
tests:
  the hours are told:
    conversation:
      - {caller: "orders", hears: from 9 to 6}
"""


@pytest.fixture
def ops(console_house: ConsoleHouse) -> TestClient:
    flows = console_house.folder / "config/flows"
    (flows / "shop.yaml").write_text(FLOW)
    (flows / "shop.tests.yaml").write_text(TESTS)
    return console_house.program(Role.OPS)


def until(look: Callable[[], Any], within_s: float = 150.0) -> Any:
    """What `look` gives as soon as it gives something."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError("it never came")


def over(client: TestClient, wanted: dict[str, Any]) -> dict[str, Any]:
    """A run when it is over."""
    begun = client.post("/flows/shop/runs", json=wanted)
    assert begun.status_code == 202, begun.text
    url = f"/runs/{begun.json()['number']}"

    def look() -> dict[str, Any] | None:
        run: dict[str, Any] = client.get(url).json()
        return run if run["state"] in {"done", "failed", "stopped"} else None

    return until(look)  # type: ignore[no-any-return]


@pytest.mark.timeout(300)  # three processes begin
def test_long_work_is_done_apart_and_told(ops: TestClient) -> None:
    run = over(ops, {"do": "tests", "errors": 25, "repeat": 2})
    assert (run["state"], run["done"], run["total"]) == ("done", 3, 3), run["error"]
    assert run["tests"]["errors"]["runs"] == 2
    assert run["walk"] is None

    walked = over(ops, {"do": "walk", "calls": 20})
    assert walked["walk"]["calls"] == 20
    assert walked["walk"]["faults"] == []

    refused = over(ops, {"do": "replay"})
    assert refused["state"] == "failed"
    assert "no finished calls" in refused["error"]
    assert [run["wanted"]["do"] for run in ops.get("/flows/shop/runs").json()] == [
        "replay",
        "walk",
        "tests",
    ]


@pytest.mark.timeout(300)
def test_long_work_is_stopped(ops: TestClient) -> None:
    first, second = (
        ops.post("/flows/shop/runs", json={"do": "walk", "calls": 20_000}).json()["number"]
        for _ in range(2)
    )
    assert ops.post(f"/runs/{second}/stop").json()["state"] == "stopped"
    until(lambda: ops.get(f"/runs/{first}").json()["done"])
    ops.post(f"/runs/{first}/stop")
    until(lambda: ops.get(f"/runs/{first}").json()["state"] == "stopped")


def test_a_talk_becomes_a_test_and_tests_are_written_and_checked(ops: TestClient) -> None:
    today = {"today": "2026-11-26"}
    talk = ops.post("/trials", json={"flow": "shop", "beginning": today}).json()
    move = {"do": "say", "texts": ["returns"]}
    talk = ops.post("/trials/moves", json={"talk": talk["talk"], "move": move}).json()
    body = {"name": "somebody returns", "talk": talk["talk"]}
    written = ops.post("/flows/shop/test-file/talks", json=body).json()
    assert written["problems"] == []
    assert "somebody returns" in written["text"]
    assert ops.post("/flows/shop/test-file/talks", json=body).status_code == 422

    wrong = written["text"].replace("hears", "heers")
    problems = ops.post("/flows/shop/test-file/check", json={"text": wrong}).json()
    assert problems[0]["line"] == 4
    change = {"text": wrong, "replaces": written["hash"]}
    assert ops.put("/flows/shop/test-file", json=change).status_code == 200
    assert ops.put("/flows/shop/test-file", json=change).status_code == 409


def test_lookups_of_a_talk_are_answered_by_records_or_by_the_crm_for_who_may(
    ops: TestClient, console_house: ConsoleHouse
) -> None:
    (console_house.folder / "config/flows/find.yaml").write_text(
        "steps:\n"
        "  find: {lookup: order, by: {number: '4711'}, found: told, missing: gone, failed: gone}\n"
        "  told: {end: 'It is {{ order.status }}.'}\n"
        "  gone: {end: There is none.}\n"
    )
    begin = {"flow": "find", "beginning": {"today": "2026-11-26"}, "phone": "+14155550100"}
    records = "order: {'4711': {status: on its way}}"

    asked = ops.post("/trials", json=begin).json()
    told = ops.post("/trials", json={**begin, "records": records}).json()
    refused = ops.post("/trials", json={**begin, "crm": True})
    looked = console_house.program(Role.SUPERVISOR).post("/trials", json={**begin, "crm": True})

    assert asked["waits"]["what"] == "lookup"
    assert told["said"][-1]["text"] == "It is on its way."
    assert refused.status_code == 403
    assert looked.json()["said"][-1]["text"] == "There is none."


def test_a_sound_that_is_none_is_told(ops: TestClient) -> None:
    begin = {"flow": "shop", "beginning": {"today": "2026-11-26"}}
    talk = ops.post("/trials", json=begin).json()["talk"]
    answer = ops.post("/trials/utterances", json={"talk": talk, "sound": "*"})
    assert (answer.status_code, answer.json()["code"]) == (422, "no_voice")


def test_what_is_published_is_not_said_to_be_run_where_no_engine_runs(
    ops: TestClient, console_house: ConsoleHouse
) -> None:
    digest = ops.get("/flows/shop/draft").json()["hash"]
    answer = ops.post("/flows/shop/publish", json={"reason": "first", "hash": digest})
    assert answer.status_code == 200, answer.text
    assert ops.get("/flows/shop/live").json() == {"published": 1, "engine": None}
    (listed,) = ops.get("/flows").json()
    assert (listed["live"], listed["engine"], listed["steps"]) == (1, None, 3)


def test_a_draft_that_has_all_of_what_is_live_is_published_over_it(
    ops: TestClient, console_house: ConsoleHouse
) -> None:
    def publish(**more: int) -> tuple[int, str]:
        digest = ops.get("/flows/shop/draft").json()["hash"]
        body = {"reason": "because", "hash": digest, **more}
        answer = ops.post("/flows/shop/publish", json=body)
        return answer.status_code, answer.text

    path: Path = console_house.folder / "config/flows/shop.yaml"
    assert publish()[0] == 200
    path.with_suffix(".version").write_text("0\n")
    path.write_text(FLOW.replace("9 to 6", "from 9 to 6 o'clock"))

    status, told = publish()
    assert status == 409, told
    status, told = publish(base=1)
    assert status == 200, told
