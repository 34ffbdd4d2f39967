"""A bank's customer calls by keys: nothing is told without the PIN, and nothing of it stays."""

import asyncio

import pytest
from fixtures.system import System
from sqlalchemy import select

from crm.accounts.models import BankCard, CardStatus
from crm.accounts.sample_data import SAMPLE_PIN
from crm.acts.models import DoneAct
from voxdesk.kernel.call import EventKind
from voxdesk.testing.softphone import Softphone, answer_after

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]
EMMA = "100200"


async def test_a_lost_card_is_blocked_for_who_has_the_pin(system: System) -> None:
    async with await Softphone.open(user="+15550110", on_invite=answer_after(0.2)) as emma:
        uri = emma.uri

        async def place() -> None:
            system.engine.place_call(uri, flow="bank")

        await asyncio.to_thread(system.do, place())
        await system.sees(uri, EventKind.STEP, step="menu")
        call = emma.calls[-1]
        for keys, step in (
            ("2", "number"),
            (f"{EMMA}#", "pin"),
            ("1357#", "wrong_once"),
            (f"{EMMA}#", "pin"),
            (f"{SAMPLE_PIN}#", "card_sure"),
            ("1", "card_done"),
        ):
            before = len(system.seen(uri, EventKind.STEP, step=step))
            call.press(keys)
            await call.pressed()
            await system.sees(uri, EventKind.STEP, step=step, count=before + 1)
        await system.sees(uri, EventKind.STEP, step="menu", count=2)
        await call.hears_prompt()
        call.press("9")
        await call.wait_ended(30)
        await system.sees(uri, EventKind.ENDED)

    with system.database.reading() as session:
        card = session.scalars(select(BankCard).where(BankCard.ending == "4417")).one()
        acts = session.scalars(select(DoneAct.what)).all()
    assert card.status == CardStatus.BLOCKED
    assert "bank.block_card" in acts
    assert "bank.verify" not in acts
    said = [str(event.data.get("text")) for event in system.seen(uri, EventKind.PROMPT)]
    assert any("It's blocked." in text for text in said)
    told = [str(event.data) for event in system.log(uri)]
    assert not [data for data in told if SAMPLE_PIN in data or "1357" in data]
    keys = system.seen(uri, EventKind.KEY, step="pin")
    assert keys
    assert not [event for event in keys if "digit" in event.data]
