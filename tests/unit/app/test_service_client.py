"""A service over real HTTP, good and bad: what a flow gets of it."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fixtures.odd_service import (
    Answer,
    OddService,
    after,
    drips,
    endless,
    never,
    raw,
    says,
)

from voxdesk.app.outside.client import NotSent, ServiceClient
from voxdesk.app.outside.reading import check_service
from voxdesk.app.outside.service import Service
from voxdesk.kernel.errors import ServiceFailed, SettingsError

pytestmark = pytest.mark.unit

FILE = """
url: {url}/api
headers:
  Authorization: {{env: TOKEN, before: "Bearer "}}
  X-Site: main
timeout_s: 2
retries: 1
max_kb: 4
lookups:
  stock:
    by: {{sku: text, site: {{type: text, optional: true}}}}
    get: /items/{{sku}}/stock
    query: {{site: "{{site}}", lang: en}}
    empty: stock
    record:
      count: {{at: stock.count, type: number}}
      due: {{at: "stock.days[0]", type: date, optional: true}}
      name: stock.name
  search:
    by: {{text: text}}
    post: /search
    body: {{query: {{text: "{{text}}"}}, limit: 1}}
    record: {{name: "hits[0].name"}}
acts:
  reserve:
    with: {{sku: text, count: number}}
    post: /reservations
    body: {{item: "{{sku}}", quantity: "{{count}}"}}
    record: {{number: id}}
    refused: {{409: taken}}
  order:
    with: {{sku: text}}
    post: /orders
    body: {{item: "{{sku}}"}}
    record: {{number: id}}
    once_by: Idempotency-Key
"""
STOCK = {"stock": {"count": 3, "days": ["2026-12-01T08:00:00"], "name": "lamp"}}
FOUND = {"count": 3, "due": "2026-12-01", "name": "lamp"}


def service_at(url: str, **changes: Any) -> Service:
    service, problems = check_service(FILE.format(url=url).encode(), name="shop")
    assert problems == ()
    assert service is not None
    return replace(service, **changes)


async def look_up(
    url: str, given: Mapping[str, str] | None = None, what: str = "shop.stock", **changes: Any
) -> dict[str, Any] | None:
    client = ServiceClient(service_at(url, **changes), env={"TOKEN": "s3cret"})
    try:
        return await client.look_up(client.service.lookups[what], given or {"sku": "A1"})
    finally:
        await client.close()


def asked(
    *answers: Answer,
    work: Callable[[str], Coroutine[Any, Any, Any]] = look_up,
) -> tuple[Any, OddService]:
    """What came of it, and what the service saw."""

    async def run() -> tuple[Any, OddService]:
        async with OddService(list(answers)) as service:
            return await work(service.url), service

    return asyncio.run(run())


def why(*answers: Answer, **changes: Any) -> str:
    """How a lookup failed, in one word."""

    async def work(url: str) -> str:
        with pytest.raises(ServiceFailed) as failed:
            await look_up(url, **changes)
        return failed.value.why

    return str(asked(*answers, work=work)[0])


def test_fields_of_the_answer_become_a_record_of_their_types() -> None:
    record, service = asked(says(STOCK))

    assert record == FOUND
    [request] = service.requests
    assert (request.method, request.target) == ("GET", "/api/items/A1/stock?lang=en")
    assert request.headers["authorization"] == "Bearer s3cret"
    assert request.headers["x-site"] == "main"
    assert "cookie" not in request.headers


@pytest.mark.parametrize(
    ("sku", "target"),
    [
        ("A 1", "/api/items/A%201/stock?lang=en"),
        ("../admin", "/api/items/..%2Fadmin/stock?lang=en"),
        ("A1?x=1#y", "/api/items/A1%3Fx%3D1%23y/stock?lang=en"),
        ("茶", "/api/items/%E8%8C%B6/stock?lang=en"),
        ("//evil.example", "/api/items/%2F%2Fevil.example/stock?lang=en"),
        ("{site}", "/api/items/%7Bsite%7D/stock?lang=en"),
        ("a\r\nX-Evil: 1", "/api/items/a%20X-Evil%3A%201/stock?lang=en"),
    ],
)
def test_whatever_a_caller_says_stays_one_part_of_the_path(sku: str, target: str) -> None:
    _, service = asked(says(STOCK), work=lambda url: look_up(url, {"sku": sku}))

    assert [request.target for request in service.requests] == [target]


@pytest.mark.parametrize("sku", ["..", ".", "", " ", "x" * 400])
def test_a_value_that_would_lead_elsewhere_is_never_sent(sku: str) -> None:
    async def work(url: str) -> None:
        with pytest.raises(ServiceFailed):
            await look_up(url, {"sku": sku})

    assert asked(says(STOCK), work=work)[1].requests == []


def test_values_in_query_and_body_stay_values() -> None:
    async def work(url: str) -> None:
        await look_up(url, {"sku": "A1", "site": "a&b=c"})
        await look_up(url, {"text": '", "limit": 99, "x": "'}, "shop.search")

    _, service = asked(says(STOCK), says({"hits": [{"name": "lamp"}]}), work=work)

    assert service.requests[0].target.endswith("?site=a%26b%3Dc&lang=en")
    assert service.requests[1].json == {"query": {"text": '", "limit": 99, "x": "'}, "limit": 1}


@pytest.mark.parametrize(
    "answer",
    [says({}, 404), says({}, 410), says(b"", 204), says({"stock": None}), says({"stock": {}})],
)
def test_there_may_be_no_such_thing(answer: Answer) -> None:
    assert asked(answer)[0] is None


def test_a_field_that_may_be_missing_is_empty() -> None:
    record, _ = asked(says({"stock": {"count": "12", "name": "  a\tlamp\n"}}))

    assert record == {"count": 12, "due": None, "name": "a lamp"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html>oops</html>", "nonsense"),
        (b'{"stock": ', "nonsense"),
        (b"\xff\xfe\x00", "nonsense"),
        (b'{"stock": {"count": NaN, "name": "x"}}', "nonsense"),
        (b"[" * 2000, "nonsense"),
        (b'{"stock":' + b'{"a":' * 30 + b"1" + b"}" * 31, "nonsense"),
        (b'{"stock": {"count": ' + b"9" * 3000 + b', "name": "x"}}', "odd_count"),
        (b'{"stock": {"count": "many", "name": "x"}}', "odd_count"),
        (b'{"stock": {"count": true, "name": "x"}}', "odd_count"),
        (b'{"stock": {"name": "x"}}', "no_count"),
        (b'{"stock": {"count": 1, "name": {"en": "x"}}}', "odd_name"),
        (b'{"stock": {"count": 1, "name": "x", "days": ["soon"]}}', "odd_due"),
        (b'{"stock": [1, 2]}', "no_count"),
        (b" " * 5000, "too_large"),
    ],
)
def test_nonsense_is_a_failure(body: bytes, reason: str) -> None:
    assert why(says(body)) == reason


def test_an_answer_without_an_end_is_cut_off() -> None:
    assert why(endless()) == "too_large"


def test_a_compressed_answer_is_refused_and_not_unpacked() -> None:
    assert why(says(b"\x1f\x8b" + b"x" * 40, Content_Encoding="gzip")) == "nonsense"


@pytest.mark.parametrize("answer", [never(), drips()])
def test_a_slow_answer_is_given_up(answer: Answer) -> None:
    assert why(answer, timeout_s=0.2) == "timeout"


def test_a_redirect_on_the_same_server_is_followed() -> None:
    record, service = asked(says(b"", 302, Location="/other"), says(STOCK))

    assert record == FOUND
    assert [request.target for request in service.requests][1] == "/other"


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:1/other",
        "https://evil.example/",
        "//evil.example/",
        "http://169.254.169.254/latest/meta-data",
        "http://user@127.0.0.1/",
        "file:///etc/passwd",
        "",
        "http://[",
    ],
)
def test_a_redirect_elsewhere_is_not_followed(location: str) -> None:
    assert why(says(b"", 302, Location=location)) == "redirected"


def test_redirects_do_not_go_round() -> None:
    assert why(says(b"", 302, Location="/again")) == "redirected"


@pytest.mark.parametrize("status", [500, 401, 418, 301])
def test_another_status_is_a_failure(status: int) -> None:
    assert why(says({}, status)) in {f"status_{status}", "redirected"}


@pytest.mark.parametrize("first", [says({}, 503), raw(b""), raw(b"HTTP/1.1 200 OK\r\nContent-")])
def test_a_lookup_is_tried_again(first: Answer) -> None:
    record, service = asked(first, says(STOCK))

    assert record == FOUND
    assert len(service.requests) == 2


def test_a_lookup_is_not_tried_for_ever() -> None:
    assert why(says({}, 503)) == "status_503"
    assert len(asked(says({}, 503), work=lambda url: _ignored(look_up(url)))[1].requests) == 2


def test_a_search_by_post_is_sent_once_unless_it_is_declared_safe() -> None:
    def search(url: str) -> Coroutine[Any, Any, None]:
        return _ignored(look_up(url, {"text": "lamp"}, "shop.search"))

    assert len(asked(says({}, 503), work=search)[1].requests) == 1


def test_nobody_there_is_told_apart_from_an_answer_that_was_lost() -> None:
    async def reserve(url: str) -> None:
        client = ServiceClient(service_at(url), env={"TOKEN": "x"})
        operation = client.service.acts["shop.reserve"]
        try:
            with pytest.raises(NotSent):
                await client.act(operation, {"sku": "A1", "count": "2"}, key="k")
        finally:
            await client.close()

    async def gone() -> str:
        async with OddService() as service:
            return service.url

    asyncio.run(reserve(asyncio.run(gone())))


def act(what: str, *answers: Answer) -> tuple[Any, OddService]:
    async def work(url: str) -> Any:
        client = ServiceClient(service_at(url), env={"TOKEN": "x"})
        operation = client.service.acts[what]
        given = dict.fromkeys(operation.by, "2")
        try:
            return await client.act(operation, given, key="the-key")
        except ServiceFailed as failed:
            return failed.why
        finally:
            await client.close()

    return asked(*answers, work=work)


def test_something_is_done_with_values_of_their_types() -> None:
    outcome, service = act("shop.reserve", says({"id": 77}, 201))

    assert (outcome.outcome, outcome.record) == ("done", {"number": "77"})
    assert service.requests[0].json == {"item": "2", "quantity": 2}


def test_a_refusal_has_its_reason() -> None:
    outcome, _ = act("shop.reserve", says({}, 409))

    assert (outcome.outcome, outcome.reason) == ("refused", "taken")


def test_what_may_not_be_done_twice_is_sent_once() -> None:
    why_, service = act("shop.reserve", says({}, 503), says({"id": 1}))

    assert why_ == "status_503"
    assert len(service.requests) == 1


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize("first", [raw(b""), raw(b"HTTP/1.1 2")])
def test_what_was_cut_off_is_not_sent_again_behind_our_back(method: str, first: Answer) -> None:
    """The HTTP library tries some methods again by itself; what was asked may have been done."""
    text = "url: %s\nacts:\n  free: {with: {sku: text}, %s: '/items/{sku}'}\n"

    async def work(url: str) -> str:
        found, problems = check_service((text % (url, method)).encode(), name="shop")
        assert found is not None, problems
        client = ServiceClient(found, env={})
        try:
            with pytest.raises(ServiceFailed) as failed:
                await client.act(found.acts["shop.free"], {"sku": "A1"}, key="k")
        finally:
            await client.close()
        return failed.value.why

    why_, service = asked(first, says({}), work=work)

    assert why_ == "cut_off"
    assert len(service.requests) == 1


def test_what_carries_a_key_may_be_sent_again_with_the_same_key() -> None:
    outcome, service = act("shop.order", says({}, 503), says({"id": 1}))

    assert outcome.outcome == "done"
    assert [request.headers["idempotency-key"] for request in service.requests] == ["the-key"] * 2


def test_a_secret_can_come_from_a_file_and_must_be_there(tmp_path: Path) -> None:
    text = FILE.replace("env: TOKEN", f"file: {tmp_path / 'token'}").format(url="https://x")
    service, _ = check_service(text.encode(), name="shop")
    assert service is not None
    with pytest.raises(SettingsError, match="token can't be read"):
        ServiceClient(service)
    (tmp_path / "token").write_text("s3cret\n")
    ServiceClient(service)
    with pytest.raises(SettingsError, match="no variable TOKEN"):
        ServiceClient(service_at("https://x"), env={})


def test_nothing_of_a_request_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    asked(says({}, 500), work=lambda url: _ignored(look_up(url, {"sku": "A4711"})))

    assert "shop.stock failed: status 500" in caplog.text
    assert "4711" not in caplog.text
    assert "s3cret" not in caplog.text


def test_callers_do_not_wait_for_each_other() -> None:
    async def work(url: str) -> list[Any]:
        waiting = [asyncio.create_task(look_up(url)) for _ in range(3)]
        await service_.asked(3)  # all of them are there before the first is answered
        gate.set()
        return await asyncio.gather(*waiting)

    async def run() -> list[Any]:
        nonlocal service_, gate
        gate = asyncio.Event()
        async with OddService([after(gate, says(STOCK))]) as service_:
            return await work(service_.url)

    service_, gate = OddService(), asyncio.Event()
    assert asyncio.run(run()) == [FOUND] * 3


async def _ignored(work: Coroutine[Any, Any, Any]) -> None:
    with pytest.raises(ServiceFailed):
        await work
