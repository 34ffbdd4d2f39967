"""Who asked for a language is spoken to in it the next time, the same on both databases."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crm.calls.call_log import CallLog
from crm.calls.entries import NewCall
from crm.customers.phone import plan_of
from crm.lookups import Lookups
from crm.sample_data import load_sample_data
from voxdesk.db import Database
from voxdesk.kernel.call import CallEvent, CallId, Direction, EventKind

pytestmark = pytest.mark.contract
NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
CALL = CallId("call1")
ANNA = "+15550100"


def languages(database: Database, folder: Path, customer: int | None, *asked: str) -> list[str]:
    """What the CRM says of everybody's language after a call in which these were asked for."""
    log = CallLog(database, folder / "spool")
    log.open_call(
        NewCall(
            call_id=CALL,
            direction=Direction.INBOUND,
            started_at=NOW,
            caller=ANNA,
            callee="100",
            customer_id=customer,
        )
    )
    for language in asked:
        log.record(CallEvent(CALL, EventKind.LANGUAGE, NOW, 5000, {"language": language}))
    assert log.flush()
    log.close()
    lookups = Lookups(database)
    return [lookups.caller_facts(phone)["language"] for phone in (ANNA, "+15550101")]


@pytest.fixture
def shop(database: Database) -> Database:
    with database.transaction() as session:
        load_sample_data(session, NOW, plan_of("US"))
    return database


def test_a_known_caller_is_remembered_by_the_last_language(shop: Database, tmp_path: Path) -> None:
    facts = Lookups(shop).caller_facts(ANNA)
    before = Lookups(shop).caller_facts("+15550101")["language"]
    assert facts["language"] == "en"

    found = languages(shop, tmp_path, facts["customer_id"], "es", "zh")

    assert found == ["zh", before], "and nobody else is"


def test_a_strangers_wish_changes_nobody(shop: Database, tmp_path: Path) -> None:
    before = Lookups(shop).caller_facts("+15550101")["language"]

    assert languages(shop, tmp_path, None, "zh") == ["en", before]
