"""What calls have done by services: once, whatever happens in between."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fixtures.odd_service import Answer, OddService, after, never, says
from sqlalchemy import select

from crm.acts.models import DoneAct
from crm.acts.once import Outcome
from crm.lookups import Lookups
from dialog.events import Act, Lookup
from voxdesk.app.database import import_models
from voxdesk.app.outside.door import Outside
from voxdesk.app.outside.reading import check_service
from voxdesk.db import Base, Database
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import ServiceFailed

pytestmark = pytest.mark.unit

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CALL = CallId("call1")
SERVICE = """
url: {url}
timeout_s: 1
retries: 0
lookups:
  stock: {{by: {{sku: text}}, get: "/{{sku}}", record: {{count: n}}}}
  search: {{by: {{q: text}}, post: /, body: {{q: "{{q}}"}}, record: {{count: n}}}}
acts:
  hold: {{with: {{sku: text}}, post: /hold, body: {{sku: "{{sku}}"}}, record: {{number: id}}}}
  buy:
    with: {{sku: text}}
    post: /buy
    body: {{sku: "{{sku}}"}}
    record: {{number: id}}
    once_by: Idempotency-Key
"""
Work = Callable[[Outside, OddService], Coroutine[Any, Any, Any]]


@pytest.fixture
def database(tmp_path: Path) -> Database:
    import_models()
    opened = Database(f"sqlite:///{tmp_path / 'crm.db'}")
    Base.metadata.create_all(opened.engine)
    return opened


def with_service(
    database: Database, work: Work, *answers: Answer, pretend: bool = False
) -> OddService:
    async def run() -> OddService:
        async with OddService(list(answers)) as service:
            text = SERVICE.format(url=service.url)
            declared, problems = check_service(text.encode(), name="shop")
            assert problems == ()
            assert declared is not None
            outside = Outside(
                Lookups(database), database, [declared], now=lambda: NOW, pretend=pretend
            )
            try:
                await work(outside, service)
            finally:
                await outside.close()
            return service

    return asyncio.run(run())


def act(what: str = "shop.hold", sku: str = "A1", token: int = 1) -> Act:
    return Act(token, what, {"sku": sku}, "reserve")


def test_a_flow_finds_what_a_service_or_the_crm_knows(database: Database) -> None:
    async def work(outside: Outside, _service: OddService) -> None:
        assert await outside.find(Lookup(1, "shop.stock", {"sku": "A1"})) == {"count": "3"}
        assert await outside.find(Lookup(2, "order", {"number": "4711"})) is None
        assert {"shop.stock", "order"} <= set(outside.catalogue.lookups)

    with_service(database, work, says({"n": 3}))


def test_only_what_changes_nothing_is_asked_before_the_caller_has_finished(
    database: Database,
) -> None:
    async def work(outside: Outside, _service: OddService) -> None:
        assert outside.may_ask_ahead(Lookup(1, "shop.stock", {}))
        assert outside.may_ask_ahead(Lookup(1, "order", {}))
        assert not outside.may_ask_ahead(Lookup(1, "shop.search", {}))

    with_service(database, work)


def test_the_same_step_with_the_same_values_is_done_once_in_a_call(database: Database) -> None:
    outcomes: list[Outcome] = []

    async def work(outside: Outside, _service: OddService) -> None:
        outcomes.append(await outside.act(CALL, act()))
        outcomes.append(await outside.act(CALL, act(token=2)))
        outcomes.append(await outside.act(CALL, act(sku="B2")))
        outcomes.append(await outside.act(CallId("call2"), act()))

    service = with_service(database, work, says({"id": 1}), says({"id": 2}), says({"id": 3}))

    assert [outcome.record["number"] for outcome in outcomes] == ["1", "1", "2", "3"]
    assert len(service.requests) == 3


def test_what_nobody_knows_the_end_of_is_not_done_again(database: Database) -> None:
    async def lost(outside: Outside, _service: OddService) -> None:
        with pytest.raises(ServiceFailed):
            await outside.act(CALL, act())

    with_service(database, lost, never())

    async def again(outside: Outside, service: OddService) -> None:
        outcome = await outside.act(CALL, act())
        assert (outcome.outcome, outcome.reason) == ("failed", "unfinished")
        assert service.requests == []

    with_service(database, again, says({"id": 1}))


def test_a_service_that_takes_a_key_is_asked_again_with_the_same(database: Database) -> None:
    async def lost(outside: Outside, _service: OddService) -> None:
        with pytest.raises(ServiceFailed):
            await outside.act(CALL, act("shop.buy"))

    async def again(outside: Outside, _service: OddService) -> None:
        assert (await outside.act(CALL, act("shop.buy"))).record == {"number": "1"}

    first = with_service(database, lost, never())
    second = with_service(database, again, says({"id": 1}))

    assert (
        first.requests[0].headers["idempotency-key"]
        == (second.requests[0].headers["idempotency-key"])
    )


def test_what_surely_was_not_done_may_be_tried_again(database: Database) -> None:
    async def refused(outside: Outside, service: OddService) -> None:
        await service.__aexit__()
        with pytest.raises(ServiceFailed, match="unreachable"):
            await outside.act(CALL, act())

    async def again(outside: Outside, _service: OddService) -> None:
        assert (await outside.act(CALL, act())).outcome == "done"

    with_service(database, refused)
    with_service(database, again, says({"id": 1}))


def test_what_was_begun_ends_though_nobody_waits_for_it(database: Database) -> None:
    async def work(outside: Outside, service: OddService) -> None:
        gate = asyncio.Event()
        service.answers[:] = [after(gate, says({"id": 1}))]
        caller = asyncio.create_task(outside.act(CALL, act()))
        await service.asked()
        caller.cancel()  # hung up
        gate.set()

    with_service(database, work)

    with database.reading() as session:
        [note] = session.scalars(select(DoneAct))
        assert (note.outcome, note.record) == ("done", {"number": "1"})


def test_trying_out_has_services_do_nothing(database: Database) -> None:
    async def work(outside: Outside, _service: OddService) -> None:
        assert (await outside.act(CALL, act())).outcome == "done"

    assert with_service(database, work, says({"id": 1}), pretend=True).requests == []
