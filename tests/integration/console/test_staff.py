"""How people come to have accounts: the first one, and all the others."""

import csv
import io

import pytest
from fastapi.testclient import TestClient
from fixtures.console_house import CSRF, PASSWORD, ConsoleHouse

from crm.staff import links
from crm.staff.models import Role
from voxdesk.kernel.errors import AccessRefused

pytestmark = pytest.mark.integration


def first_secret(house: ConsoleHouse) -> str:
    with house.database.transaction() as session:
        return links.make_first(session, now=house.clock.now())[1]


def become_first(house: ConsoleHouse, secret: str, name: str = "Anna") -> TestClient:
    browser = house.browser()
    who = {"secret": secret, "name": name, "password": PASSWORD, "display_name": "Anna Ost"}
    answer = browser.post("/first-administrator", json=who)
    if answer.status_code == 200:
        browser.headers[CSRF] = answer.json()["csrf"]
    browser.headers["X-Told"] = answer.json().get("code", "")
    return browser


def test_the_first_administrator_comes_by_a_link_that_is_good_once(
    console_house: ConsoleHouse,
) -> None:
    assert console_house.browser().get("/first-administrator").json() == {"is_needed": True}
    older, newer = first_secret(console_house), first_secret(console_house)
    assert become_first(console_house, older).headers["X-Told"] == "link_spent"
    first = become_first(console_house, newer)
    assert first.get("/session").json()["role"] == "administrator"
    assert first.get("/staff").json()[0]["display_name"] == "Anna Ost"
    assert become_first(console_house, newer, "Eve").headers["X-Told"] == "link_spent"
    assert console_house.browser().get("/first-administrator").json() == {"is_needed": False}
    with pytest.raises(AccessRefused, match="voxdesk staff reset"):
        first_secret(console_house)


def test_the_first_link_expires(console_house: ConsoleHouse) -> None:
    secret = first_secret(console_house)
    console_house.clock.passes(hours=24)
    assert become_first(console_house, secret).headers["X-Told"] == "link_spent"


def test_a_bad_password_does_not_spend_the_link(console_house: ConsoleHouse) -> None:
    secret = first_secret(console_house)
    who = {"secret": secret, "name": "Anna", "password": "too easy"}
    refused = console_house.browser().post("/first-administrator", json=who)
    assert refused.json()["code"] == "password_refused"
    assert become_first(console_house, secret).get("/session").status_code == 200


def test_somebody_is_invited_and_chooses_a_password_that_nobody_else_knows(
    console_house: ConsoleHouse,
) -> None:
    console_house.person("boss", Role.ADMINISTRATOR)
    boss = console_house.signed_in("boss")
    made = boss.post("/staff", json={"name": "李雷", "role": "supervisor", "language": "zh"})
    assert made.status_code == 201
    link = made.json()["link"]["link"]
    assert link.startswith("http://localhost/password#")
    secret = link.partition("#")[2]
    invited = console_house.browser()
    assert invited.post("/password-links/look", json={"secret": secret}).json()["name"] == "李雷"
    chosen = {"secret": secret, "password": PASSWORD}
    assert invited.post("/password-links", json=chosen).json()["role"] == "supervisor"
    assert invited.get("/session").json()["language"] == "zh"
    again = console_house.browser().post("/password-links", json=chosen)
    assert (again.status_code, again.json()["code"]) == (404, "link_spent")
    console_house.signed_in("李雷")


def test_a_link_for_another_password_ends_older_links_sessions_and_waits(
    console_house: ConsoleHouse,
) -> None:
    number = console_house.person("anna")
    console_house.person("boss", Role.ADMINISTRATOR)
    anna, boss = console_house.signed_in("anna"), console_house.signed_in("boss")
    for _ in range(6):
        console_house.browser().post("/session", json={"name": "anna", "password": "wrong"})
    older = console_house.link("anna")
    made = boss.post(f"/staff/{number}/password-link").json()["link"].partition("#")[2]
    assert anna.get("/session").status_code == 200  # the old password holds meanwhile
    chosen = {"secret": older, "password": "another horse battery"}
    assert console_house.browser().post("/password-links", json=chosen).status_code == 404
    chosen["secret"] = made
    assert console_house.browser().post("/password-links", json=chosen).status_code == 200
    assert anna.get("/session").status_code == 401
    console_house.signed_in("anna", "another horse battery")


def test_who_is_disabled_is_out_at_once_and_their_links_are_worth_nothing(
    console_house: ConsoleHouse,
) -> None:
    number = console_house.person("anna")
    anna, boss = console_house.signed_in("anna"), console_house.program(Role.ADMINISTRATOR)
    secret = console_house.link("anna")
    assert boss.patch(f"/staff/{number}", json={"is_disabled": True}).json()["sessions"] == 0
    assert anna.get("/session").json()["code"] == "session_over"
    chosen = {"secret": secret, "password": "another horse battery"}
    assert console_house.browser().post("/password-links", json=chosen).status_code == 404
    boss.patch(f"/staff/{number}", json={"is_disabled": False})
    assert anna.get("/session").status_code == 401
    console_house.signed_in("anna")


def test_another_role_holds_from_the_next_request(console_house: ConsoleHouse) -> None:
    number = console_house.person("anna", Role.AUDITOR)
    anna, boss = console_house.signed_in("anna"), console_house.program(Role.ADMINISTRATOR)
    assert anna.get("/audit").status_code == 200
    boss.patch(f"/staff/{number}", json={"role": "agent"})
    assert anna.get("/audit").status_code == 403


@pytest.mark.parametrize("change", [{"role": "ops"}, {"is_disabled": True}])
def test_the_last_administrator_stays_one(
    console_house: ConsoleHouse, change: dict[str, object]
) -> None:
    number = console_house.person("boss", Role.ADMINISTRATOR)
    boss = console_house.signed_in("boss")
    boss.post("/staff", json={"name": "invited", "role": "administrator"})  # no password yet
    refused = boss.patch(f"/staff/{number}", json=change)
    assert refused.status_code == 409
    assert "last administrator" in refused.json()["message"]
    console_house.person("other", Role.ADMINISTRATOR)
    assert boss.patch(f"/staff/{number}", json=change).status_code == 200


def test_histories_cannot_confuse_a_person_with_a_program(console_house: ConsoleHouse) -> None:
    console_house.person("Anna")
    boss = console_house.program(Role.ADMINISTRATOR, "robot")
    for url, name in (
        ("/staff", "ANNA"),
        ("/staff", "Robot"),
        ("/tokens", "anna"),
        ("/tokens", "robot"),
        ("/staff", "\u202eanna"),
        ("/staff", "  "),
    ):
        refused = boss.post(url, json={"name": name, "role": "agent"})
        assert refused.status_code == 409, name


def test_a_token_is_made_used_and_taken_back(console_house: ConsoleHouse) -> None:
    boss = console_house.program(Role.ADMINISTRATOR)
    made = boss.post("/tokens", json={"name": "build server", "role": "ops", "days": 30}).json()
    program = console_house.browser()
    program.headers["Authorization"] = f"Bearer {made['secret']}"
    assert program.get("/flows").status_code == 200
    listed = boss.get("/tokens").json()
    assert [one["is_in_use"] for one in listed if one["name"] == "build server"] == [True]
    assert made["secret"] not in boss.get("/tokens").text
    assert boss.delete(f"/tokens/{made['token']['id']}").status_code == 204
    assert program.get("/flows").status_code == 401
    assert boss.delete("/tokens/4711").status_code == 404


def test_the_audit_log_is_read_page_by_page_and_by_who_what_and_when(
    console_house: ConsoleHouse,
) -> None:
    number = console_house.person("anna", Role.AUDITOR)
    boss = console_house.program(Role.ADMINISTRATOR, "boss")
    console_house.browser().post("/session", json={"name": "anna", "password": "wrong"})
    anna = console_house.signed_in("anna")
    console_house.clock.passes(minutes=50)
    later = console_house.clock.now().isoformat()
    for name in ("a", "b", "c"):
        boss.patch(f"/staff/{number}", json={"display_name": name})
    seen: list[dict[str, object]] = []
    page: dict[str, str] = {"limit": "2"}
    while "before" in page or not seen:
        answer = anna.get("/audit", params=page).json()
        seen += answer["entries"]
        page.pop("before", None)
        if answer["next"]:
            page["before"] = answer["next"]
    acts = [(entry["who"], entry["act"]) for entry in seen]
    assert acts == [("boss", "changed")] * 3 + [("anna", "signed_in"), ("anna", "refused")]
    assert len(anna.get("/audit", params={"since": later}).json()["entries"]) == 3
    assert len(anna.get("/audit", params={"who": "anna"}).json()["entries"]) == 2
    assert len(anna.get("/audit", params={"of": "staff an"}).json()["entries"]) == 3
    assert anna.get("/audit", params={"of": "staff%"}).json()["entries"] == []
    assert len(anna.get("/audit", params={"act": "refused"}).json()["entries"]) == 1
    taken = anna.get("/audit.csv", params={"act": "changed"})
    rows = list(csv.reader(io.StringIO(taken.text.removeprefix("\ufeff"))))
    assert [row[2] for row in rows] == ["who", "boss", "boss", "boss"]
    newest = anna.get("/audit", params={"limit": 1}).json()["entries"][0]
    assert (newest["who"], newest["act"], newest["of"]) == ("anna", "exported", "audit log")


def test_the_audit_log_as_a_file_runs_nothing_in_a_spreadsheet(
    console_house: ConsoleHouse,
) -> None:
    boss = console_house.program(Role.ADMINISTRATOR, "=cmd|'/c calc'!A0")
    boss.post("/staff", json={"name": "anna", "role": "agent"})
    assert "\r\n" in boss.get("/audit.csv").text
    assert ",=cmd" not in boss.get("/audit.csv").text
