"""Signing in, staying in and getting out, as people and attackers meet it."""

import pytest
from fixtures.console_house import CSRF, PASSWORD, ConsoleHouse

from crm.staff.models import Role

pytestmark = pytest.mark.integration
WRONG = "wrong horse battery"


def test_a_person_signs_in_works_and_signs_out(console_house: ConsoleHouse) -> None:
    console_house.person("Anna", Role.OPS)
    browser = console_house.signed_in("anna")  # as she types it
    assert browser.get("/session").json() == {
        "name": "Anna",
        "display_name": "Anna",
        "role": "ops",
        "language": "en",
        "theme": "auto",
        "csrf": browser.headers[CSRF],
        "must_change": False,
    }
    assert browser.get("/flows").status_code == 200
    assert browser.delete("/session").status_code == 204
    assert browser.get("/session").status_code == 401


def test_a_copied_cookie_is_worth_nothing_after_signing_out(console_house: ConsoleHouse) -> None:
    console_house.person()
    browser, thief = console_house.signed_in(), console_house.browser()
    thief.cookies.set("voxdesk", browser.cookies["voxdesk"])
    assert thief.get("/session").status_code == 200
    browser.delete("/session")
    assert thief.get("/session").json()["code"] == "session_over"


def test_the_cookie_is_kept_from_scripts_and_other_sites(console_house: ConsoleHouse) -> None:
    console_house.person()
    who = {"name": "anna", "password": PASSWORD}
    plain = console_house.browser().post("/session", json=who).headers["set-cookie"]
    assert "HttpOnly" in plain
    assert "SameSite=strict" in plain
    assert "Secure" not in plain
    over_https = console_house.browser("https://localhost").post("/session", json=who)
    assert over_https.headers["set-cookie"].startswith("__Host-voxdesk=")
    assert "Secure" in over_https.headers["set-cookie"]
    assert "Strict-Transport-Security" in over_https.headers


def test_neither_secret_nor_password_is_in_the_database(console_house: ConsoleHouse) -> None:
    console_house.person()
    browser = console_house.signed_in()
    link = console_house.link("anna")
    console_house.database.close()
    kept = b"".join(
        path.read_bytes() for path in (console_house.folder / "var").glob("voxdesk.db*")
    )
    assert b"$argon2id$" in kept
    for secret in (PASSWORD, browser.cookies["voxdesk"], browser.headers[CSRF], link):
        assert secret.encode() not in kept


def test_a_session_ends_when_nobody_does_anything(console_house: ConsoleHouse) -> None:
    console_house.person()
    browser = console_house.signed_in()
    console_house.clock.passes(minutes=59)
    assert browser.get("/session").status_code == 200
    console_house.clock.passes(minutes=59)
    assert browser.get("/session").status_code == 200
    console_house.clock.passes(minutes=61)
    assert browser.get("/flows").json()["code"] == "session_over"


def test_a_session_ends_after_half_a_day_whatever_is_done(console_house: ConsoleHouse) -> None:
    console_house.person()
    browser = console_house.signed_in()
    for _ in range(23):
        console_house.clock.passes(minutes=30)
        assert browser.get("/session").status_code == 200
    console_house.clock.passes(minutes=31)
    assert browser.get("/session").status_code == 401


def test_who_guesses_has_to_wait_and_is_told_until_when(console_house: ConsoleHouse) -> None:
    console_house.person()
    browser = console_house.browser()
    for _ in range(5):
        refused = browser.post("/session", json={"name": "anna", "password": WRONG})
        assert (refused.status_code, refused.json()["code"]) == (401, "sign_in_refused")
    for name in ("anna", " ANNA "):
        blocked = browser.post("/session", json={"name": name, "password": PASSWORD})
        assert (blocked.status_code, blocked.json()["code"]) == (429, "too_many_tries")
        assert blocked.headers["retry-after"] == "30"
        assert "09:00:30 UTC" in blocked.json()["message"]
    console_house.clock.passes(seconds=30)
    assert browser.post("/session", json={"name": "anna", "password": WRONG}).status_code == 401
    again = browser.post("/session", json={"name": "anna", "password": PASSWORD})
    assert again.headers["retry-after"] == "60"
    console_house.clock.passes(seconds=60)
    console_house.signed_in()
    for _ in range(5):  # it begins anew
        assert browser.post("/session", json={"name": "anna", "password": WRONG}).status_code == 401


def test_a_restart_forgives_no_guesses(console_house: ConsoleHouse, tmp_path: object) -> None:
    console_house.person()
    for _ in range(5):
        console_house.browser().post("/session", json={"name": "anna", "password": WRONG})
    console_house.database.close()  # whatever is in memory is gone with the process
    from voxdesk.app.http.application import make_app  # noqa: PLC0415
    from voxdesk.app.http.house import House  # noqa: PLC0415
    from voxdesk.db import Database  # noqa: PLC0415

    anew = Database(console_house.settings.database_url)
    console_house.app = make_app(House(console_house.settings, anew, console_house.clock))
    again = console_house.browser().post("/session", json={"name": "anna", "password": PASSWORD})
    anew.close()
    assert again.status_code == 429


def test_who_guesses_many_names_has_to_wait_too_and_others_do_not(
    console_house: ConsoleHouse,
) -> None:
    console_house.person()
    browser = console_house.browser()
    told = [
        browser.post("/session", json={"name": f"name {number}", "password": WRONG}).status_code
        for number in range(52)
    ]
    assert told == [401] * 50 + [429] * 2


def test_an_unknown_name_a_wrong_password_and_a_disabled_account_look_alike(
    console_house: ConsoleHouse,
) -> None:
    console_house.person("anna")
    console_house.person("bo")
    administrator = console_house.program(Role.ADMINISTRATOR)
    listed = administrator.get("/staff").json()
    number = next(account["id"] for account in listed if account["name"] == "bo")
    assert administrator.patch(f"/staff/{number}", json={"is_disabled": True}).status_code == 200
    administrator.post("/staff", json={"name": "invited", "role": "agent"})
    answers = [
        console_house.browser().post("/session", json={"name": name, "password": password})
        for name, password in (
            ("anna", WRONG),
            ("nobody", PASSWORD),
            ("bo", PASSWORD),
            ("invited", PASSWORD),
            ("invited", "x"),
        )
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1


def test_another_password_signs_out_everywhere_else(console_house: ConsoleHouse) -> None:
    console_house.person()
    elsewhere, here = console_house.signed_in(), console_house.signed_in()
    before = here.cookies["voxdesk"]
    wanted = "another horse battery"
    changed = here.put("/session/password", json={"present": PASSWORD, "wanted": wanted})
    assert changed.status_code == 200
    assert here.cookies["voxdesk"] != before
    here.headers[CSRF] = changed.json()["csrf"]
    assert here.get("/session").status_code == 200
    assert elsewhere.get("/session").status_code == 401
    console_house.signed_in("anna", wanted)
    refused = console_house.browser().post("/session", json={"name": "anna", "password": PASSWORD})
    assert refused.status_code == 401


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ("short", "at least 12"),
        ("x" * 201, "at most 200"),
        ("ababababababab", "too few"),
        ("anna is my name", "doesn't contain the name"),
        ("my voxdesk 2026", "first that anybody tries"),
        (PASSWORD, "choose another"),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused_with_the_reason(
    console_house: ConsoleHouse, wanted: str, why: str
) -> None:
    console_house.person()
    browser = console_house.signed_in()
    refused = browser.put("/session/password", json={"present": PASSWORD, "wanted": wanted})
    assert (refused.status_code, refused.json()["code"]) == (422, "password_refused")
    assert why in refused.json()["message"]


def test_a_stolen_session_cannot_guess_the_password_either(console_house: ConsoleHouse) -> None:
    console_house.person()
    browser = console_house.signed_in()
    change = {"present": WRONG, "wanted": "another horse battery"}
    told = [browser.put("/session/password", json=change).json()["code"] for _ in range(6)]
    assert told == ["sign_in_refused"] * 5 + ["too_many_tries"]


def test_who_has_to_change_the_password_can_do_nothing_else_first(
    console_house: ConsoleHouse,
) -> None:
    number = console_house.person()
    browser = console_house.signed_in()
    administrator = console_house.program(Role.ADMINISTRATOR)
    administrator.patch(f"/staff/{number}", json={"must_change": True})
    assert browser.get("/session").json()["must_change"] is True
    assert browser.get("/flows").json()["code"] == "password_change_needed"
    change = {"present": PASSWORD, "wanted": "another horse battery"}
    changed = browser.put("/session/password", json=change).json()
    assert changed["must_change"] is False
    assert browser.get("/flows").status_code == 200


def test_somebody_sees_where_they_are_signed_in_and_ends_it(console_house: ConsoleHouse) -> None:
    console_house.person()
    elsewhere, here = console_house.signed_in(), console_house.signed_in()
    places = here.get("/session/places").json()
    assert [place["is_this"] for place in places] == [True, False]
    assert here.delete("/session/places").status_code == 204
    assert elsewhere.get("/session").status_code == 401
    assert here.get("/session").status_code == 200


def test_language_and_theme_stay_with_the_person(console_house: ConsoleHouse) -> None:
    console_house.person()
    browser = console_house.signed_in()
    wanted = {"language": "zh", "theme": "dark", "display_name": "安娜"}
    assert browser.patch("/session/preferences", json=wanted).status_code == 200
    elsewhere = console_house.signed_in().get("/session").json()
    assert {key: elsewhere[key] for key in wanted} == wanted


def test_another_sites_page_can_do_nothing(console_house: ConsoleHouse) -> None:
    console_house.person()
    browser = console_house.signed_in()
    for header, value in (
        ("Origin", "https://evil.example"),
        ("Origin", "null"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
    ):
        who = {"name": "anna", "password": PASSWORD}
        refused = browser.post("/session", json=who, headers={header: value})
        assert (refused.status_code, refused.json()["code"]) == (403, "wrong_origin")
    ours = browser.patch("/session/preferences", json={}, headers={"Origin": "http://localhost"})
    assert ours.status_code == 200


def test_a_name_that_somebody_else_points_at_us_gets_nothing(console_house: ConsoleHouse) -> None:
    for name in ("evil.example", "localhost.evil.example", "127.0.0.1.evil.example", ""):
        answer = console_house.browser().get("/first-administrator", headers={"Host": name})
        assert (answer.status_code, answer.json()["code"]) == (400, "wrong_host"), name
        assert "console.url" in answer.json()["message"]
    for name in ("127.0.0.1:8080", "[::1]:8080", "localhost:8080", "192.0.2.7"):
        answer = console_house.browser().get("/first-administrator", headers={"Host": name})
        assert answer.status_code == 200


def test_every_answer_tells_the_browser_what_it_may_not_do(console_house: ConsoleHouse) -> None:
    browser = console_house.browser()
    answers = [
        browser.get("/first-administrator"),
        browser.get("/flows"),
        browser.get("/no-such-thing"),
        browser.post("/session", content=b"x" * 3_000_000),
        browser.get("http://localhost/"),
        browser.get("http://localhost/assets/no-such-file.js"),
    ]
    for answer in answers:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'none'" in policy
        scripts = policy.partition("script-src")[2].partition(";")[0]
        assert "unsafe" not in scripts
        assert "Referrer-Policy" in answer.headers
    for answer in answers[:4]:
        assert answer.headers["Cache-Control"] == "no-store"
