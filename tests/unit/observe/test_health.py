"""When callers should be sent here, and what an operator is told."""

from dataclasses import replace
from typing import Any

import pytest

from asr.workers import Load
from crm.calls.call_log import CallLogStatus
from telephony.line_client import LineStatus
from voxdesk.app.admission import Door
from voxdesk.app.observe.health import Health, health_of
from voxdesk.app.observe.loop_watch import Lag
from voxdesk.app.observe.readings import Readings
from voxdesk.app.observe.snapshot import Snapshot

pytestmark = pytest.mark.unit

UP = LineStatus("line-1", ready=True, capacity=4)
DOWN = LineStatus("line-2", ready=False)
WELL = Snapshot(
    calls={},
    lines=(UP, UP),
    recognition=Load(2, 0, 0, 0.0),
    queue_length=0,
    call_log=CallLogStatus(0, spooling=False, lost=0, rejected=0),
    door=Door.OPEN,
    full="",
    refused={},
    draining=False,
    has_trunk=False,
)
READ = Readings(WELL, fresh=True, lag=Lag(), database_up=True, disk_free_bytes=10 << 30)


def health(read: dict[str, Any] | None = None, **snapshot: Any) -> Health:
    return health_of(replace(READ, snapshot=replace(WELL, **snapshot), **(read or {})))


def test_a_machine_that_is_well_is_ready_and_has_nothing_to_say() -> None:
    assert health() == Health(())


@pytest.mark.parametrize(
    ("word", "sick"),
    [
        ("starting", health_of(replace(READ, snapshot=None, fresh=False))),
        ("draining", health(draining=True)),
        ("lines", health(lines=(DOWN, DOWN))),
        ("full: recognition_wait", health(door=Door.CLOSED, full="recognition_wait")),
        ("event loop", health({"fresh": False})),
        ("disk: only 12 MB", health({"disk_free_bytes": 12 << 20})),
    ],
)
def test_what_speaks_against_calls_is_named(word: str, sick: Health) -> None:
    assert not sick.ready
    assert [reason.startswith(word) for reason in sick.reasons] == [True]


@pytest.mark.parametrize(
    ("word", "limping"),
    [
        ("lines: only 1 of 2", health(lines=(UP, DOWN))),
        ("nearly full: event_loop", health(door=Door.EASING, full="event_loop")),
        ("trunk", health(has_trunk=True)),
        ("database: away", health({"database_up": False})),
        ("database: behind", health(call_log=CallLogStatus(0, spooling=True, lost=0, rejected=0))),
        ("call log: 3", health(call_log=CallLogStatus(0, spooling=False, lost=3, rejected=0))),
    ],
)
def test_what_calls_survive_is_a_warning(word: str, limping: Health) -> None:
    assert limping.ready
    assert [warning.startswith(word) for warning in limping.warnings] == [True]
