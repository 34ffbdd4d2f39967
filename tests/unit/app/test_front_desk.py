"""What is measured at the door, and what is left of those who are turned away."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from asr.workers import Load as PoolLoad
from telephony.line_client import LineStatus
from voxdesk.app.admission import Reason
from voxdesk.app.front_desk import MACHINE_FULL, FrontDesk
from voxdesk.app.observe.loop_watch import LoopWatch
from voxdesk.app.settings import CallSettings, Settings
from voxdesk.kernel.call import CallEvent, EventKind, Invite
from voxdesk.kernel.clock import SystemClock

pytestmark = pytest.mark.unit


@dataclass
class Leg:
    """An INVITE."""

    invite: Invite = field(default_factory=lambda: Invite("+15550100", "shop"))
    answers: list[tuple[int, Mapping[str, str]]] = field(default_factory=list)

    def reject(self, code: int, headers: Mapping[str, str]) -> None:
        self.answers.append((code, headers))


@dataclass
class Record:
    """A call log."""

    events: list[CallEvent] = field(default_factory=list)
    columns: dict[str, Any] = field(default_factory=dict)

    def open_call(self, call: Any) -> None:
        self.columns |= {"caller": call.caller}

    def record(self, event: CallEvent) -> None:
        self.events.append(event)

    def update_call(self, _call_id: str, **columns: Any) -> None:
        self.columns |= columns


@dataclass
class Machine:
    """What the desk looks at, and the time."""

    now_s: float = 0.0
    pool: Any = field(default_factory=lambda: SimpleNamespace(load=PoolLoad(2, 0, 0, 0.0)))
    exchange: Any = field(
        default_factory=lambda: SimpleNamespace(
            lines=(
                LineStatus("line-1", ready=True, capacity=4, legs=1),
                LineStatus("2", ready=False),
            )
        )
    )
    calls: int = 0
    record: Record = field(default_factory=Record)

    def desk(self, **settings: Any) -> FrontDesk:
        self.watch = LoopWatch()
        desk = FrontDesk(CallSettings(**settings), self.watch, clock=lambda: self.now_s)
        desk.open(self.exchange, self.pool, lambda: self.calls)
        return desk

    @property
    def services(self) -> Any:
        return SimpleNamespace(
            settings=Settings(), call_log=self.record, clock=SystemClock(), node="here"
        )


@pytest.mark.parametrize(
    ("reason", "settings", "trouble"),
    [
        (Reason.EVENT_LOOP, {}, lambda m: setattr(m.watch.lag, "recent_s", 0.2)),
        (Reason.RECOGNITION_WAIT, {}, lambda m: setattr(m.pool, "load", PoolLoad(2, 2, 1, 1500.0))),
        (Reason.RECOGNITION_QUEUE, {}, lambda m: setattr(m.pool, "load", PoolLoad(2, 2, 8, 0.0))),
        (Reason.CALLS, {"limits": {"calls": 3}}, lambda m: setattr(m, "calls", 3)),
        (Reason.LEGS, {"limits": {"legs_free": 4}}, lambda _: None),
    ],
)
def test_each_limit_is_compared_with_what_the_machine_says_of_itself(
    reason: Reason, settings: dict[str, Any], trouble: Any
) -> None:
    machine = Machine()
    desk = machine.desk(**settings)
    if reason is not Reason.LEGS:
        assert desk.refuses() is None

    trouble(machine)

    assert desk.refuses() is reason


@pytest.mark.parametrize(("when_full", "code"), [("busy", 486), ("elsewhere", 503)])
def test_who_is_turned_away_hears_when_to_try_again_and_is_in_the_record(
    when_full: str, code: int
) -> None:
    machine, leg = Machine(), Leg()
    desk = machine.desk(when_full=when_full)

    assert desk.turn_away(leg, machine.services, Reason.EVENT_LOOP) is None  # type: ignore[arg-type]

    assert leg.answers == [(code, {"Retry-After": "30"})]
    assert [event.kind for event in machine.record.events] == [EventKind.INCOMING, EventKind.ENDED]
    assert machine.record.events[-1].data["reason"] == "full_event_loop"
    assert machine.record.columns == {"caller": "+15550100", "disposition": MACHINE_FULL}
    assert desk.refused["event_loop"] == 1


def test_a_few_at_a_time_hear_an_apology_and_the_next_one_the_busy_tone() -> None:
    machine, late = Machine(), Leg()
    desk = machine.desk(when_full="apology")
    services = machine.services
    services.speech = None

    apologies = [
        desk.turn_away(Leg(), services, Reason.LEGS)  # type: ignore[arg-type]
        for _ in range(4)
    ]

    assert None not in apologies
    assert desk.turn_away(late, services, Reason.LEGS) is None  # type: ignore[arg-type]
    assert late.answers[0][0] == 486
    for apology in apologies:
        assert apology is not None
        apology.close()


def test_the_door_opens_by_itself_while_nobody_comes(caplog: pytest.LogCaptureFixture) -> None:
    machine = Machine()
    desk = machine.desk()
    machine.watch.lag.recent_s = 0.3
    machine.watch.on_look()
    machine.watch.lag.recent_s = 0.0

    for _ in range(40):
        machine.now_s += 0.5
        machine.watch.on_look()

    assert desk.refuses() is None
    assert [record.getMessage().partition(":")[0] for record in caplog.records][:2] == [
        "full",
        "nearly full",
    ]
