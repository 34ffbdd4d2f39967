from datetime import timedelta

import pytest
from sqlalchemy import func, select

from crm.calls.entries import NewCall, opening
from crm.calls.models import Call
from crm.calls.repository import store
from crm.facts.models import CallFacts, CallStep
from crm.facts.repository import facts_for, reckon, without_facts
from tests.fixtures.told_calls import ANSWERED_AT, CALL, logged, whole_call
from voxdesk.db import Database
from voxdesk.kernel.call import CallId, Direction

pytestmark = pytest.mark.contract


def told(database: Database, call_id: CallId = CALL) -> None:
    new = NewCall(call_id, Direction.INBOUND, ANSWERED_AT)
    with database.transaction() as session:
        events = [entry for entry in logged(*whole_call()) if entry.call_id == CALL]
        store(session, [opening(new), *(events if call_id == CALL else [])])
        call = session.get_one(Call, call_id)
        call.ended_at = ANSWERED_AT + timedelta(minutes=1)


def test_figures_are_stored_once_however_often_they_are_reckoned(database: Database) -> None:
    told(database)
    for _ in range(2):
        with database.transaction() as session:
            assert reckon(session, CALL) is not None

    with database.reading() as session:
        found = facts_for(session, CALL)
        assert found is not None
        facts, steps = found
        assert (facts.turns, facts.no_matches, facts.transferred) == (2, 1, True)
        assert facts.started_at == ANSWERED_AT
        assert steps[0] == "menu"
        assert session.scalar(select(func.count()).select_from(CallFacts)) == 1
        assert without_facts(session, limit=10) == []


def test_calls_that_began_at_the_same_moment_all_have_theirs(database: Database) -> None:
    ids = [CallId(f"{number:012x}") for number in range(3)]
    for call_id in ids:
        told(database, call_id)
    with database.transaction() as session:
        assert set(without_facts(session, limit=10)) == set(ids)
        assert all(reckon(session, call_id) for call_id in ids)


def test_figures_go_with_their_call(database: Database) -> None:
    told(database)
    with database.transaction() as session:
        reckon(session, CALL)
        session.delete(session.get_one(Call, CALL))

    with database.reading() as session:
        assert facts_for(session, CALL) is None
        assert session.scalar(select(func.count()).select_from(CallStep)) == 0


def test_a_call_that_goes_on_has_none(database: Database) -> None:
    new = NewCall(CALL, Direction.INBOUND, ANSWERED_AT)
    with database.transaction() as session:
        store(session, [opening(new)])
        assert reckon(session, CALL) is None
        assert reckon(session, "nobody") is None
        assert without_facts(session, limit=10) == []
