"""Who is called back when, and what came of it, by the engine's side."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crm.acts.once import Wanted
from crm.acts.service import Acts
from crm.callbacks import repository
from crm.callbacks.models import Callback
from crm.callbacks.policy import Outcome, Rules
from dialog.dialogue import Dialogue
from dialog.events import Enqueue, HangUp
from dialog.flow_file import check_text
from dialog.prompts import Prompts
from dialog.state import State
from dialog.text_call import TextCall
from telephony.queue.state import skill_set
from voxdesk.app.callback_settings import CallbackSettings, address_of
from voxdesk.app.callbacks.desk import CallbackDesk
from voxdesk.app.callbacks.flow import NAME, callback_flow
from voxdesk.app.callbacks.order import CallbackOrder, outcome_of
from voxdesk.app.database import import_models
from voxdesk.app.keeping import KeptCall, read
from voxdesk.app.settings import Settings
from voxdesk.db import Base, Database
from voxdesk.kernel.call import CallId, EndCause, Invite
from voxdesk.kernel.clock import SystemClock
from voxdesk.kernel.errors import NoLegFree, TelephonyError

pytestmark = pytest.mark.unit

PROMPTS = Prompts.load(Path(__file__).parents[3] / "config" / "prompts")
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ORDER = CallbackOrder(
    7, "support", NOW, ("billing",), 2, "zh", "Harbor Shop here.", "Anna, about a return."
)


@dataclass
class Session:
    callback: CallbackOrder | None
    id: CallId = field(default_factory=lambda: CallId("c9"))
    answered: bool = False
    bridged: bool = False
    end_reason: str = ""
    end_cause: EndCause | None = EndCause.NO_ANSWER


@dataclass
class People:
    """The agents who are free."""

    free: list[str] = field(default_factory=list)

    async def spare(self, skills: Any) -> int:
        return sum(skill_set(skills) <= skill_set(has.split(",")) for has in self.free)


class House:
    """A desk with its database; whom it calls is only noted."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        import_models()
        self.database = Database(f"sqlite:///{folder / 'crm.db'}")
        Base.metadata.create_all(self.database.engine)
        self.people = People()
        self.called: list[tuple[str, Session]] = []
        self.fails: Exception | None = None
        callbacks = {"dial": "sip:{number}@trunk.example", **settings}
        self.settings = Settings.model_validate({"state_dir": folder, "callbacks": callbacks})

    def ask(self, call: str = "call1", number: str = "+14155552671", **given: Any) -> None:
        values = {"number": number, "queue": "support", "when": "soon", **given}
        wanted = Wanted("callback.request", values, call, "later")
        Acts(self.database, Rules()).do(wanted, now=datetime.now(UTC))

    def run(self, work: Callable[[CallbackDesk], Coroutine[Any, Any, None]]) -> None:
        async def running() -> None:
            desk = CallbackDesk(
                self.database,
                self.people,  # type: ignore[arg-type]
                self.settings,
                self._place,
                node="n1",
                clock=SystemClock(),
            )
            await work(desk)
            await desk.close()

        asyncio.run(running())

    def rows(self) -> list[Callback]:
        with self.database.reading() as session:
            return list(repository.list_callbacks(session, all_=True))

    def _place(self, order: CallbackOrder, address: str, _ring_s: float) -> Session:
        if self.fails is not None:
            raise self.fails
        session = Session(order)
        self.called.append((address, session))
        return session


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_nobody_is_called_while_nobody_is_free(house: House) -> None:
    house.ask()

    async def work(desk: CallbackDesk) -> None:
        await desk.look()
        assert house.called == []
        assert desk.waiting == 1
        house.people.free = [""]
        await desk.look()

    house.run(work)

    [(address, session)] = house.called
    assert address == "sip:+14155552671@trunk.example"
    assert session.callback is not None
    assert session.callback.queue == "support"


def test_as_many_are_called_as_there_are_people(house: House) -> None:
    for last in "123":
        house.ask(f"call{last}", f"+1415555267{last}")
    house.people.free = ["", ""]

    async def work(desk: CallbackDesk) -> None:
        await desk.look()
        await desk.look()

    house.run(work)

    assert [address[-15] for address, _ in house.called] == ["1", "2"]


def test_somebody_with_the_skills_is_needed(house: House) -> None:
    house.ask(skills="billing")
    house.people.free = ["returns"]

    async def work(desk: CallbackDesk) -> None:
        await desk.look()
        assert house.called == []
        house.people.free = ["returns,Billing"]
        await desk.look()

    house.run(work)
    assert len(house.called) == 1


def test_what_came_of_it_is_written_down_and_the_next_one_is_called(house: House) -> None:
    house.ask()
    house.people.free = [""]

    async def work(desk: CallbackDesk) -> None:
        await desk.look()
        session = house.called[0][1]
        session.answered = session.bridged = True
        desk.over(session)
        await desk.close()
        house.ask("call2", "+14155552672")
        await desk.look()

    house.run(work)

    assert sorted(row.state for row in house.rows()) == ["calling", "done"]
    assert len(house.called) == 2


@pytest.mark.parametrize(
    ("error", "state", "attempts"),
    [(NoLegFree("full"), "waiting", 0), (TelephonyError("no such address"), "waiting", 1)],
)
def test_what_cannot_be_dialled_waits(
    house: House, error: Exception, state: str, attempts: int
) -> None:
    house.ask()
    house.people.free = [""]
    house.fails = error

    async def work(desk: CallbackDesk) -> None:
        await desk.look()

    house.run(work)

    [row] = house.rows()
    assert (row.state, row.attempts) == (state, attempts)
    assert row.next_at > datetime.now(UTC)


def test_without_an_address_to_dial_somebody_is_told(tmp_path: Path) -> None:
    house = House(tmp_path, dial="")
    house.ask()
    house.people.free = [""]

    async def work(desk: CallbackDesk) -> None:
        await desk.look()
        assert "callbacks.dial" in desk.troubles[0]

    house.run(work)
    assert house.called == []


def test_a_call_that_an_earlier_engine_made_counts_as_on_the_way(house: House) -> None:
    house.ask()
    house.people.free = [""]

    async def work(desk: CallbackDesk) -> None:
        desk.goes_on(Session(CallbackOrder(99, "support", NOW)))
        await desk.look()

    house.run(work)
    assert house.called == []


@pytest.mark.parametrize(
    ("how", "reason", "cause", "outcome"),
    [
        ("unanswered", "", EndCause.BUSY, Outcome.BUSY),
        ("unanswered", "", EndCause.NO_ANSWER, Outcome.NO_ANSWER),
        ("unanswered", "", EndCause.REFUSED, Outcome.REFUSED),
        ("unanswered", "", EndCause.LINE_LOST, Outcome.FAILED),
        ("unanswered", "", None, Outcome.FAILED),
        ("bridged", "done", EndCause.HUNG_UP, Outcome.TALKED),
        ("bridged", "", EndCause.CALLER_HUNG_UP, Outcome.TALKED),
        ("answered", "declined", EndCause.HUNG_UP, Outcome.DECLINED),
        ("answered", "no_agent", EndCause.HUNG_UP, Outcome.NO_AGENT),
        ("answered", "no_person", EndCause.HUNG_UP, Outcome.NO_PERSON),
        ("answered", "no_input", EndCause.HUNG_UP, Outcome.NO_PERSON),
        ("answered", "", EndCause.CALLER_HUNG_UP, Outcome.HUNG_UP),
        ("answered", "error", EndCause.ERROR, Outcome.FAILED),
    ],
)
def test_every_end_has_its_outcome(
    how: str, reason: str, cause: EndCause | None, outcome: Outcome
) -> None:
    answered, bridged = how != "unanswered", how == "bridged"

    found = outcome_of(answered=answered, bridged=bridged, reason=reason, cause=cause)

    assert found is outcome


def test_whoever_is_called_waits_where_it_was_promised() -> None:
    enqueued = ORDER.enqueue(Enqueue("other", leave_key="*"))

    assert (enqueued.queue, enqueued.skills, enqueued.priority) == ("support", ("billing",), 2)
    assert (enqueued.whisper, enqueued.leave_key) == ("Anna, about a return.", "")


def test_a_callback_outlives_its_engine() -> None:
    kept = KeptCall(CallId("c9"), Invite("x", ""), "sip:x", NOW, NAME, State(), callback=ORDER)

    assert read(kept.to_text()) == kept


@pytest.mark.parametrize(
    ("dial", "registrar", "address"),
    [
        ("sip:{number}@gw.example:5070", "trunk.example", "sip:+1415@gw.example:5070"),
        ("", "trunk.example:5080", "sip:+1415@trunk.example:5080"),
        ("", "", ""),
    ],
)
def test_what_is_dialled(dial: str, registrar: str, address: str) -> None:
    assert address_of("+1415", CallbackSettings(dial=dial), registrar) == address


@pytest.mark.parametrize(
    "dial", ["sip:100@x", "{number}", "sip:{number}@a b", "sip:{number}{number}@x"]
)
def test_an_address_that_cannot_be_dialled_is_refused(dial: str) -> None:
    with pytest.raises(ValueError, match=r"number|SIP"):
        CallbackSettings(dial=dial)


# ------------------------------------------------------------------ what they hear


def call(language: str = "en", greeting: str = "Harbor Shop here.") -> TextCall:
    order = CallbackOrder(7, "support", NOW, language=language, greeting=greeting)
    dialogue = Dialogue(callback_flow(PROMPTS).flow, PROMPTS)
    return TextCall(dialogue, caller=order.caller_facts({"known": False}))


def test_the_flow_of_callbacks_is_one_that_can_be_read_again() -> None:
    made = callback_flow(PROMPTS)

    checked = check_text(made.data, name=NAME, path=NAME)
    assert checked.report == ""
    assert checked.flow == made.flow
    assert made.flow.languages == PROMPTS.languages


def test_they_are_asked_before_anybody_is_rung() -> None:
    one = call()
    assert one.heard_now == (
        "Harbor Shop here. You asked us to call you back. Shall I get you a person now?"
    )
    assert isinstance(one.says("yes").pending, Enqueue)
    assert call(greeting="").heard_now.startswith("You asked us")
    assert "回电" in call("zh").heard_now


@pytest.mark.parametrize(
    ("does", "reason"),
    [
        ("no", "declined"),
        ("", "no_person"),
        ("yes/no_agents", "no_agent"),
        ("yes/connected", "done"),
    ],
)
def test_every_way_out_has_its_reason(does: str, reason: str) -> None:
    one = call()
    words, _, outcome = does.partition("/")
    if words:
        one.says(words)
    else:
        one.is_silent(2)
    if outcome:
        one.comes_back(outcome)

    assert one.pending == HangUp(reason)


def test_a_time_is_waited_for_in_between() -> None:
    assert timedelta(seconds=CallbackSettings().retry_s) == Rules().retry_after
    assert CallbackSettings().attempts == Rules().attempts
