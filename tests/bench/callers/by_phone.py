"""Simulated callers over real SIP calls: they listen until the machine is silent, and speak.

When it is silent is taken from the audio that arrives; what it said, from the call's log, since a
recognizer's mistakes on the caller's side would be counted as the machine's.
"""

import argparse
import asyncio
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from sqlalchemy import select

from crm.calls.follow import FollowedCall
from crm.calls.models import Call
from crm.customers import repository as customers
from crm.orders import repository as orders
from crm.orders.models import Order
from crm.surveys.models import SurveyAnswer
from crm.tickets.models import Ticket
from tests.bench.callers import in_text
from tests.bench.callers.caller import Caller, HangsUp, Presses, Says
from tests.bench.callers.errands import Effects, Errand
from tests.bench.callers.hearing import question_in
from tests.bench.callers.personas import Person
from tests.bench.callers.report import Held, Turn
from tests.bench.callers.voices import Voice, recordings, voices
from tests.bench.callers.wordings import Wordings
from tests.bench.figures import console
from tests.bench.speech import RATE_HZ, read_wav
from tests.bench.system import NO_LIMITS, System, start_system
from voxdesk.db import Database
from voxdesk.kernel.call import EventKind
from voxdesk.testing.softphone import CallFailed, PhoneCall, Softphone

FLOW = "shop"
QUIET_S = 1.2  # the machine has finished; between its sentences it is silent for less
ANSWERS_WITHIN_S = 15.0
LONGEST_S = 240.0
INTERRUPTS_AFTER_S = 1.3
_POLL_S = 0.05
_LEAD = np.zeros(RATE_HZ // 10, np.int16)
_TAIL = np.zeros(RATE_HZ // 2, np.int16)
Plan = Callable[[argparse.Namespace, str, date], list[tuple[Errand, str]]]


@dataclass(slots=True)
class Line:
    """One call: what was heard of the machine since the caller last did something."""

    call: PhoneCall
    database: Database
    number: str
    since_s: float = 0.0
    said: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    every: list[str] = field(default_factory=list)
    engines: list[str] = field(default_factory=list)
    step: str = ""
    _log: FollowedCall | None = None

    def look(self) -> None:
        """Read what came into the log."""
        if self._log is None:
            with self.database.reading() as session:
                found = session.scalar(select(Call.id).where(Call.caller == self.number))
            if found is None:
                return
            self._log = FollowedCall(self.database, found)
        for logged in self._log.poll():
            event = logged.event
            if event.kind is EventKind.PROMPT and event.data.get("text"):
                self.said.append(str(event.data["text"]))
                self.every.append(str(event.data["text"]))
            elif event.kind is EventKind.HEARD:
                self.heard.append(str(event.data.get("text", "")))
                self.engines.append(str(event.data.get("engine", "")))
            elif event.kind is EventKind.STEP:
                self.step = str(event.data.get("step", ""))

    async def listen(self, *, interrupts: bool) -> str:
        """What was said until the machine is silent, or a question that is interrupted.

        Raises:
            CallFailed: the call ended, or nothing came.
        """
        received = self.call.stream.received
        first_s = await self.call.hears_speech(ANSWERS_WITHIN_S, since_s=self.since_s)
        while True:
            await asyncio.sleep(_POLL_S)
            if self.call.ended is not None:
                raise CallFailed("the call ended")
            now_s = time.monotonic()
            self.look()
            silent = now_s - (received.last_audible_end() or 0.0) >= QUIET_S
            if silent and self.said:
                break
            if interrupts and now_s - first_s >= INTERRUPTS_AFTER_S and self._is_question():
                break
        said = " ".join(self.said)
        self.said.clear()
        return said

    def _is_question(self) -> bool:
        return bool(question_in(" ".join(self.said), "en"))


async def hold_all(arguments: argparse.Namespace, wordings: Wordings, plan: Plan) -> list[Held]:
    """Every call, so many at the same time, with one system."""
    today = datetime.now().astimezone().date()
    planned = plan(arguments, "en", today)
    prepare(planned, wordings, today, arguments.seed)
    settings = {
        **NO_LIMITS,
        "VOXDESK_CALLS__FLOW": FLOW,
        "VOXDESK_CALLS__NUMBERS": json.dumps({FLOW: FLOW}),
    }
    system = await start_system(calls=arguments.at_once, flows=(), **settings)
    try:
        assert system.state_dir is not None
        database = Database(f"sqlite:///{system.state_dir / 'voxdesk.db'}")
        register(database, planned)
        free = asyncio.Semaphore(arguments.at_once)
        async with await Softphone.open(user="caller", keep_pcm=False) as phone:

            async def one(number: int) -> Held:
                async with free:
                    return await hold(
                        system, phone, database, planned[number], number, wordings,
                        seed=f"{arguments.seed} {number}",
                    )  # fmt: skip

            helds = await asyncio.gather(*(one(number) for number in range(len(planned))))
        database.close()
        return list(helds)
    finally:
        await system.close()


def prepare(
    planned: Sequence[tuple[Errand, str]], wordings: Wordings, today: date, seed: int
) -> None:
    """Make the speech that each caller will probably need, so that nobody is slow to answer.

    What they will say is what they say in the same call without sound; where the real call goes
    another way, the rest is made while the machine waits.
    """
    dialogue = in_text.shop_dialogue()
    for number, (errand, kind) in enumerate(planned):
        voice = voice_of(f"{seed} {number}")
        held = in_text.hold(dialogue, errand, kind, wordings, today=today, seed=f"{seed} {number}")
        for turn in held.turns:
            if turn.did and not turn.did.startswith("["):
                voice.say(turn.did)
    console.print(f"the speech of {len(planned)} callers is made")


def voice_of(seed: str) -> Voice:
    """One of those that there are, each as likely."""
    return Voice(random.Random(f"voice {seed}").choice(voices()))  # noqa: S311  nothing secret


def register(database: Database, planned: Sequence[tuple[Errand, str]]) -> None:
    """Each caller is a customer who placed their order."""
    now = datetime.now(UTC)
    with database.transaction() as session:
        for number, (errand, _) in enumerate(planned):
            customer = customers.save(
                session, display_name=f"Caller {number}", phone=_phone(number), now=now
            )
            order = errand.order
            if order is None:
                continue
            columns: dict[str, Any] = {
                "customer_id": customer.id,
                "status": order.status,
                "item": order.item,
                "total_cents": order.total_cents,
                "currency": "USD",
                "eta": order.eta,
                "delivered_on": order.delivered_on,
                "carrier": order.carrier,
            }
            orders.save(session, order.number, columns, now=now)


async def hold(  # noqa: PLR0917  one call's everything
    system: System,
    phone: Softphone,
    database: Database,
    planned: tuple[Errand, str],
    number: int,
    wordings: Wordings,
    *,
    seed: str,
) -> Held:
    """One call to its end."""
    errand, kind = planned
    caller = Caller(errand, Person(kind, errand.language, wordings, seed))
    voice = voice_of(seed)
    call = await phone.call(system.uri(FLOW, number), caller=_phone(number))
    line = Line(call, database, _phone(number))
    turns: list[Turn] = []
    failure = ""
    began_s = time.monotonic()
    try:
        await call.answered(20.0)
        line.since_s = call.answered_s
        async with asyncio.timeout(LONGEST_S):
            await talk(line, caller, voice, turns)
    except CallFailed as failed:
        failure = "" if call.ended is not None else str(failed)
    except TimeoutError:
        failure = f"lasted more than {LONGEST_S:g} s"
    if call.ended is None:
        await call.hang_up()
    await asyncio.sleep(0.5)  # the log's last lines
    line.look()
    effects = Effects(line.every, effects_of(database, errand, line), "")
    duration_s = time.monotonic() - began_s
    held = Held(
        errand=errand,
        kind=kind,
        effects=effects,
        turns=turns,
        sources=caller.sources,
        duration_s=duration_s,
        failure=failure,
        voice=voice.name,
        engines=line.engines,
    )
    console.print(f"{number} {'+' if held.is_finished else '-'} {errand.name} {kind} {voice.name}")
    return held


async def talk(line: Line, caller: Caller, voice: Voice, turns: list[Turn]) -> None:
    """Turn by turn, until the caller hangs up or the call ends."""
    while True:
        interrupts = caller.person.kind == "interrupts" and caller.person.draws(0.5)
        said = await line.listen(interrupts=interrupts)
        heard_before = len(line.heard)
        doing = caller.react(said)
        step = line.step
        line.since_s = time.monotonic()
        shown = ""
        match doing:
            case Says(text=text, recorded=digits):
                shown = text
                pcm = await asyncio.to_thread(_sound, voice, text, digits)
                playing = await line.call.say_all(pcm)
                line.since_s = playing.sent_s[-1] if playing.sent_s else time.monotonic()
            case Presses(keys=keys):
                shown = f"[{keys}]"
                line.call.press(keys)
                await line.call.pressed()
                line.since_s = time.monotonic()
            case HangsUp(why=why):
                turns.append(Turn(step, said, f"[hangs up: {why}]"))
                return
            case _:
                shown = "[silent]"
        try:
            await line.call.hears_speech(ANSWERS_WITHIN_S, since_s=line.since_s)
        finally:
            line.look()
            heard = " / ".join(line.heard[heard_before:]) or "nothing"
            turns.append(Turn(step, said, shown, heard if isinstance(doing, Says) else ""))


def _sound(voice: Voice, text: str, digits: str) -> np.ndarray[Any, Any]:
    """A recording of the number where there is one, else the voice."""
    pcm = read_wav(recordings()[digits]) if digits in recordings() else voice.say(text)
    return np.concatenate([_LEAD, pcm, _TAIL])


def effects_of(database: Database, errand: Errand, line: Line) -> list[tuple[str, dict[str, str]]]:
    """What the call changed in the CRM, named as in the flow."""
    done: list[tuple[str, dict[str, str]]] = []
    order = errand.order
    with database.reading() as session:
        call_id = session.scalar(select(Call.id).where(Call.caller == line.number))
        if order is not None:
            after = session.scalar(select(Order.status).where(Order.number == order.number))
            if after == "cancelled" != order.status:
                done.append(("order.cancel", {"number": order.number}))
        tickets = session.scalars(select(Ticket).where(Ticket.call_id == call_id)).all()
        for ticket in tickets:
            number = session.scalar(select(Order.number).where(Order.id == ticket.order_id)) or ""
            what = "ticket.open" if ticket.kind == "other" else f"order.{ticket.kind}"
            given = {key: str(value) for key, value in ticket.details.items()}
            given |= {"number": number, "subject": ticket.subject, "note": ticket.note}
            done.append((what, given))
        rated = select(SurveyAnswer.value).where(
            SurveyAnswer.call_id == call_id, SurveyAnswer.question == "satisfaction"
        )
        done += [("survey", {"rating": f"{value:g}"}) for value in session.scalars(rated)]
    return done


def _phone(number: int) -> str:
    return f"+1212555{1000 + number:04}"
