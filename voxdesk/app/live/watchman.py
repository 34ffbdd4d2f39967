"""Raises and ends alarms; now and then, whether anybody looks or not."""

import logging
from datetime import timedelta

from crm.live import repository
from crm.live.alarms import judge
from crm.live.numbers import numbers_of
from voxdesk.app.jobs.house import JobsHouse

log = logging.getLogger(__name__)


def watch_goals(house: JobsHouse) -> None:
    """Hold the latest calls against the goals.

    Raises:
        DatabaseError: the database is away.
    """
    goals, database, now = house.settings.goals, house.database, house.clock.now()
    with database.reading() as session:
        rows = repository.rows_between(session, now - timedelta(minutes=goals.alarm_minutes), now)
        ringing = {alarm.name for alarm in repository.ringing(session)}
    numbers = numbers_of(rows, within_s=goals.answer_within_s, now=now)
    verdict = judge(
        numbers,
        goals.wanted,
        ringing,
        at_least=goals.alarm_calls,
        margin=goals.alarm_margin,
    )
    if not verdict.raised and not verdict.cleared:
        return
    with database.transaction() as session:
        for off in verdict.raised:
            if repository.raise_alarm(session, off, now):
                log.warning("alarm: %s is %.3g, the goal is %.3g", off.name, off.value, off.goal)
        for name in verdict.cleared:
            if repository.clear_alarm(session, name, now):
                log.info("alarm over: %s", name)
