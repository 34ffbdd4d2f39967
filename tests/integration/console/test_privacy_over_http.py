"""Privacy as the console's page uses it."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_calls_over_http import Desk

from crm.accounts.models import BankClient
from crm.audit.models import Act
from crm.customers.models import Customer
from crm.orders.models import Order
from crm.staff.models import Role
from tests.fixtures.told_calls import ANSWERED_AT

pytestmark = pytest.mark.integration


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.database.close()


def test_a_person_is_found_held_exported_and_erased(desk: Desk) -> None:
    call = desk.call("my parrot escaped", seconds=1)
    client = desk.client(Role.ADMINISTRATOR)
    who = {"phone": "+1 555 0100"}
    found = client.get("/privacy/person", params=who).json()
    assert (found["calls"], found["recordings"], found["holds"]) == (1, 1, [])

    answer = client.get("/privacy/export", params=who)
    assert answer.headers["content-type"] == "application/zip"
    assert (
        f"recordings/2026/03/29/{call}.wav"
        in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    )

    for nothing in (
        {},
        {"call_id": "nope"},
        {"customer_id": 77},
        {"call_id": call, "customer_id": 1},
    ):
        refused = client.post("/privacy/holds", json=nothing | {"reason": "case 7"})
        assert (refused.status_code, refused.json()["code"]) == (422, "hold_refused")
    hold = client.post("/privacy/holds", json={"call_id": call, "reason": "case 7"})
    assert hold.status_code == 201
    number = hold.json()["id"]
    refused = client.post("/privacy/erase", json=who | {"confirm": "ERASE"})
    assert (refused.status_code, refused.json()["code"]) == (409, "held")
    assert client.get("/privacy/holds").json()[0]["attempts"] == 1
    assert client.delete(f"/privacy/holds/{number}").status_code == 200
    assert client.delete(f"/privacy/holds/{number}").status_code == 404

    assert client.post("/privacy/erase", json=who | {"confirm": "yes"}).status_code >= 400
    erased = client.post("/privacy/erase", json=who | {"confirm": "ERASE"}).json()
    assert erased["counts"]["calls"] == 1
    assert (erased["left"]["mentions"], erased["left"]["files"]) == ([], [])
    gone = client.get("/privacy/person", params=who)
    assert (gone.status_code, gone.json()["code"]) == (404, "not_there")
    acts = [act for act, _ in desk.acts()]
    assert {Act.EXPORTED, Act.HELD, Act.ERASED} <= set(acts)
    assert not any("0100" in of for _, of in desk.acts())


def test_somebody_is_found_by_more_than_their_number_and_what_others_wrote_is_told(
    desk: Desk,
) -> None:
    with desk.database.transaction() as session:
        anna = Customer(display_name="Anna Müller", phone="+15550177", created_at=ANSWERED_AT)
        zhang = Customer(display_name="张小明", phone="+8613800138000", created_at=ANSWERED_AT)
        session.add_all([anna, zhang])
        session.flush()
        session.add(BankClient(number="880011", customer_id=anna.id, pin="x"))
        session.add(
            Order(number="A-77", number_key="A77", customer_id=anna.id, status="shipped",
                  placed_at=ANSWERED_AT)
        )  # fmt: skip
        number, other = anna.id, zhang.id
    call = desk.call("hello", caller="+15550177", customer_id=number, caller_name="Anna M")
    beside = desk.call("ask for 张小明", caller="Alice", caller_name="Alice B")
    client = desk.client(Role.ADMINISTRATOR)

    def found(said: str) -> list[tuple[int | None, str, str]]:
        answer = client.get("/privacy/people", params={"said": said})
        return [(one["customer"], one["phone"], one["by"]) for one in answer.json()]

    for said, by in (
        ("+1 555 0177", "phone"), (f"#{number}", "customer"), ("880011", "account"),
        ("a 77", "order"), (call, "call"), ("müll", "name"),
    ):  # fmt: skip
        assert found(said) == [(number, "+15550177", by)], said
    assert found("alice") == [(None, "Alice", "name")]
    assert found("小明") == [(other, "+8613800138000", "name")]
    assert found("%") == []

    for text in ("Anna Müller rang again", "call +15550177 back"):
        client.post(f"/calls/{beside}/comments", json={"text": text})
    who = {"customer": number}
    mentioned = client.get("/privacy/mentions", params=who).json()
    assert mentioned["mentions"] == [{"kind": "call_comments", "rows": 2, "calls": [beside]}]
    erased = client.post("/privacy/erase", json=who | {"confirm": "ERASE"}).json()
    assert erased["left"]["mentions"] == mentioned["mentions"], "others' comments are told"
    assert found("+1 555 0177") == []
    spoken = client.get("/privacy/mentions", params={"customer": other}).json()["mentions"]
    assert {one["kind"] for one in spoken} == {"call_events", "call_words"}


def test_it_must_be_said_who_and_what_was_told_about_recording_is_shown(desk: Desk) -> None:
    call = desk.call("hello")
    client = desk.client(Role.AUDITOR)
    assert client.get("/privacy/person").status_code >= 400
    assert client.get("/privacy/person", params={"phone": "+15559999"}).status_code == 404
    assert client.get("/privacy/retention").json() == {"rules": [], "due": [], "runs": []}
    assert client.get(f"/calls/{call}/consent").json() is None
    assert client.get("/calls/nothing/consent").status_code == 404
