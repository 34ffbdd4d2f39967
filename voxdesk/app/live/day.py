"""Today's numbers, hour by hour, and the alarms that ring. For one thread."""

import threading
import time
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from crm.live import repository
from crm.live.models import Alarm
from crm.live.numbers import Rows, hours_of, numbers_of, together
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.clock import Clock

EVERY_S: Final = 5.0
SHARE_OF_TIME: Final = 20
"""A look that takes long is taken the less often: at most this fraction of the time goes there."""
SETTLED_AFTER: Final = timedelta(hours=1)
"""An hour that has been over for so long, with no call open, is not read again."""


class Day:
    """What is known of today; at midnight, where the call centre is, it begins anew."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        self._goals = settings.goals
        self._database = database
        self._clock = clock
        self._settled: dict[datetime, Rows] = {}
        self._midnight: datetime | None = None
        self._numbers: dict[str, Any] = {}
        self._alarms: list[dict[str, Any]] = []
        self._next_s = 0.0
        self._lock = threading.Lock()

    def as_data(self) -> dict[str, Any]:
        """The newest."""
        with self._lock:
            return {"numbers": self._numbers or None, "alarms": self._alarms}

    def look(self) -> dict[str, Any]:
        """What is new since the last look, by its event's name; nothing while it isn't time.

        Raises:
            DatabaseError: the database is away.
        """
        began_s = time.monotonic()
        if began_s < self._next_s:
            return {}
        numbers = self._read()
        news = self.alarms_changed()
        with self._lock:
            if numbers != self._numbers:
                self._numbers = news["numbers"] = numbers
        took_s = time.monotonic() - began_s
        self._next_s = time.monotonic() + max(EVERY_S, took_s * SHARE_OF_TIME)
        return news

    def alarms_changed(self) -> dict[str, Any]:
        """The alarms, if they are others than before."""
        with self._database.reading() as session:
            alarms = [alarm_data(alarm) for alarm in repository.ringing(session)]
        with self._lock:
            if alarms == self._alarms:
                return {}
            self._alarms = alarms
        return {"alarms": alarms}

    def _read(self) -> dict[str, Any]:
        now = self._clock.now()
        midnight = _midnight(now)
        if midnight != self._midnight:
            self._midnight, self._settled = midnight, {}
        within_s = self._goals.answer_within_s
        hours: list[tuple[datetime, Rows]] = []
        with self._database.reading() as session:
            for start, end in hours_of(midnight, now):
                rows = self._settled.get(start) or repository.rows_between(session, start, end)
                if now - end >= SETTLED_AFTER and all(call.ended_at for call in rows.calls):
                    self._settled[start] = rows
                hours.append((start, rows))
        whole = together(rows for _, rows in hours)
        return {
            "day": now.astimezone().date().isoformat(),
            "total": asdict(numbers_of(whole, within_s=within_s, now=now)),
            "hours": [
                {
                    "start": start.isoformat(),
                    **asdict(numbers_of(rows, within_s=within_s, now=now)),
                }
                for start, rows in hours
            ],
            "goals": {
                **self._goals.wanted,
                "turn_ms": self._goals.turn_ms,
                "answer_within_s": within_s,
            },
        }


def alarm_data(alarm: Alarm) -> dict[str, Any]:
    """An alarm as the API has it."""
    return {
        "id": alarm.id,
        "name": alarm.name,
        "value": alarm.value,
        "goal": alarm.goal,
        "raised_at": alarm.raised_at.isoformat(),
        "cleared_at": alarm.cleared_at.isoformat() if alarm.cleared_at else None,
        "acknowledged_at": alarm.acknowledged_at.isoformat() if alarm.acknowledged_at else None,
        "acknowledged_by": alarm.acknowledged_by,
        "note": alarm.note,
    }


def _midnight(now: datetime) -> datetime:
    return now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
