"""Every endpoint of the API's document, asked by every role, by nobody, and without CSRF token."""

import re

import pytest
from fastapi.testclient import TestClient
from fixtures.console_house import CSRF, ConsoleHouse
from who_may_what import OPEN, STREAMS, WHO_MAY

from crm.staff.models import Role
from voxdesk.app.http.application import PREFIX

pytestmark = pytest.mark.integration

SAFE = {"GET", "HEAD"}


def asked(browser: TestClient, endpoint: str) -> tuple[int, str]:
    """Ask for something that isn't there: who may, learns that; who may not, doesn't."""
    method, path = endpoint.split()
    url = re.sub(r"\{[^}]*\}", "4711", path)
    answer = browser.request(method, url, json={})
    is_json = answer.content and "json" in answer.headers.get("content-type", "")
    body = answer.json() if is_json else {}
    told = body if isinstance(body, dict) else {}
    return answer.status_code, f"{told.get('code', '')}: {told.get('message', '')}"


def endpoints_of(house: ConsoleHouse) -> set[str]:
    paths = house.app.openapi()["paths"]
    return {
        f"{method.upper()} {path.removeprefix(PREFIX)}"
        for path, ways in paths.items()
        for method in ways
    }


def test_every_endpoint_has_its_line_in_the_table(console_house: ConsoleHouse) -> None:
    found = endpoints_of(console_house)
    assert found - set(WHO_MAY) == set(), "add a line to tests/integration/console/who_may_what.py"
    assert set(WHO_MAY) - found == set(), "these are gone; take their lines away"


def test_nobody_gets_anything_without_saying_who_they_are(console_house: ConsoleHouse) -> None:
    console_house.person()
    nobody, liar = console_house.browser(), console_house.browser()
    liar.headers["Authorization"] = "Bearer vxd_made-up"
    forger = console_house.browser()
    forger.cookies.set("voxdesk", "made-up")
    for endpoint, roles in WHO_MAY.items():
        if roles is OPEN:
            assert asked(nobody, endpoint)[0] != 401, endpoint
            continue
        assert asked(nobody, endpoint)[0] == 401, endpoint
        assert asked(liar, endpoint)[0] == 401, endpoint
        status, told = asked(forger, endpoint)
        assert (status, told[:12]) == (401, "session_over"), endpoint


@pytest.mark.parametrize("role", Role)
def test_a_role_gets_what_the_table_says_and_nothing_else(
    console_house: ConsoleHouse, role: Role
) -> None:
    console_house.person("somebody", role)
    program, person = console_house.program(role), console_house.signed_in("somebody")
    for endpoint, roles in WHO_MAY.items():
        if roles is OPEN or (role in roles and endpoint in STREAMS):
            continue
        for browser in (program, person):
            if endpoint == "DELETE /session" and browser is person:
                continue
            status, told = asked(browser, endpoint)
            if role in roles:
                assert status not in {401, 403}, (endpoint, told)
            else:
                assert (status, told[:10]) == (403, "forbidden:"), endpoint
                assert "this takes" in told, endpoint


def test_a_change_without_the_csrf_token_of_its_session_is_refused(
    console_house: ConsoleHouse,
) -> None:
    console_house.person("anna", Role.ADMINISTRATOR)
    console_house.person("bo", Role.ADMINISTRATOR)
    of_another = console_house.signed_in("bo").headers[CSRF]
    browser = console_house.signed_in("anna")
    for offered in ("", "made-up", of_another):
        browser.headers[CSRF] = offered
        for endpoint, roles in WHO_MAY.items():
            status, told = (0, "") if endpoint in STREAMS else asked(browser, endpoint)
            if endpoint.split()[0] in SAFE or roles is OPEN:
                assert status not in {401, 403}, (endpoint, told)
            else:
                assert status == 403, endpoint
                assert CSRF in told, endpoint
