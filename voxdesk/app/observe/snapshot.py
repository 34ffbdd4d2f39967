"""How the engine is doing at one moment, read on its loop in some microseconds."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asr.workers import Load
from crm.calls.call_log import CallLogStatus
from telephony.line_client import LineStatus
from voxdesk.app.admission import Door

if TYPE_CHECKING:  # the engine makes what uses this
    from voxdesk.app.bootstrap import House
    from voxdesk.app.engine import Engine


@dataclass(frozen=True, slots=True)
class Snapshot:
    """See the metrics of the same names.

    Attributes:
        calls: in progress, by direction.
        door: of the admission; `full` is what closed it last, empty when nothing did.
        refused: callers turned away, by reason.
        has_trunk: one is configured.
    """

    calls: Mapping[str, int]
    lines: tuple[LineStatus, ...]
    recognition: Load
    queue_length: int
    call_log: CallLogStatus
    door: Door
    full: str
    refused: Mapping[str, int]
    draining: bool
    has_trunk: bool
    unheard_messages: Mapping[str, int] = field(default_factory=dict)
    callbacks_waiting: int = 0
    callback_outcomes: Mapping[str, int] = field(default_factory=dict)

    @property
    def registered(self) -> bool:
        """The trunk has us registered."""
        return any(line.registration and line.registration.registered for line in self.lines)


def take_snapshot(engine: "Engine", house: "House") -> Snapshot:
    """As it is now; on the engine's loop."""
    admission = engine.desk.admission
    return Snapshot(
        calls=Counter(session.direction.value for session in engine.sessions.values()),
        lines=house.exchange.lines,
        recognition=house.pool.load,
        queue_length=house.services.queue.length,
        call_log=house.services.call_log.status,
        door=admission.door,
        full=admission.reason.value if admission.reason else "",
        refused=dict(engine.desk.refused),
        draining=engine.draining,
        has_trunk=bool(engine.settings.sip.trunk.registrar),
        unheard_messages=engine.unheard_messages,
        callbacks_waiting=engine.callbacks_waiting,
        callback_outcomes=engine.callback_outcomes,
    )
