"""Work after calls, the same on both databases."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from crm.calls.models import Call
from crm.jobs import repository
from crm.jobs.models import CallJob
from crm.jobs.repository import TRIES, Claimed
from recordings.library import RecordingLibrary
from voxdesk.app.jobs.house import Hopeless, JobsHouse
from voxdesk.app.jobs.kinds import Every, Kind
from voxdesk.app.jobs.worker import Stopped, Worker
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import VoxdeskError

pytestmark = pytest.mark.contract
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEASE = timedelta(minutes=10)


class StoppedClock:
    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()


def add_call(database: Database, name: str, *, minutes: int = 0, over: bool = True) -> None:
    began = NOW - timedelta(days=1) + timedelta(minutes=minutes)
    with database.transaction() as session:
        session.execute(
            insert(Call).values(
                id=name,
                direction="inbound",
                started_at=began,
                ended_at=began + timedelta(minutes=1) if over else None,
                node="n1",
            )
        )


def make(database: Database, **versions: int) -> int:
    with database.transaction() as session:
        return repository.make_missing(session, versions, ended_before=NOW, now=NOW)


def claim(
    database: Database, *, now: datetime = NOW, worker: str = "w", node: str | None = None
) -> Claimed | None:
    with database.transaction() as session:
        return repository.claim(
            session, ["words", "peaks"], worker=worker, now=now, lease=LEASE, node=node
        )


def test_calls_that_ended_get_their_work_once_the_newest_first(database: Database) -> None:
    for number in range(3):
        add_call(database, f"c{number}", minutes=number)
    add_call(database, "still", over=False)

    assert make(database, words=1, peaks=1) == 6
    assert make(database, words=1, peaks=1) == 0
    taken = [claim(database) for _ in range(7)]

    assert taken[-1] is None
    assert [one.call_id for one in taken if one] == ["c2", "c2", "c1", "c1", "c0", "c0"]


def test_only_a_machine_s_own_calls_are_taken_where_there_are_several(database: Database) -> None:
    add_call(database, "c")
    make(database, words=1)

    assert claim(database, node="n2") is None
    assert claim(database, node="n1") is not None


def test_many_who_claim_at_once_never_get_the_same(database: Database) -> None:
    for number in range(30):
        add_call(database, f"c{number}", minutes=number)
    make(database, words=1)
    taken: list[str] = []

    def take(worker: str) -> None:
        misses = 0
        while misses < 5:
            got = claim(database, worker=worker)
            if got is None:
                misses += 1
            else:
                taken.append(got.call_id)

    threads = [threading.Thread(target=take, args=(f"w{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(taken) == sorted(f"c{number}" for number in range(30))


def test_a_failure_waits_longer_each_time_and_is_then_set_aside(database: Database) -> None:
    add_call(database, "c")
    make(database, words=1)
    now = NOW
    waits = []
    for _ in range(TRIES):
        got = claim(database, now=now)
        assert got is not None
        with database.transaction() as session:
            assert repository.fail(session, got, "no sound", now=now)
        with database.reading() as session:
            [trouble] = repository.in_trouble(session)
        assert trouble.error == "no sound"
        waits.append((trouble.due_at - now).total_seconds())
        assert claim(database, now=now) is None
        now = max(now, trouble.due_at)

    assert trouble.state == "set_aside"
    assert waits[:4] == [30, 120, 480, 1920]
    assert claim(database, now=now + timedelta(days=1)) is None
    with database.transaction() as session:
        assert repository.again(session, now=now, kind="words") == 1
    assert claim(database, now=now) is not None


def test_a_lease_that_ends_gives_the_work_to_another_whose_word_counts(database: Database) -> None:
    add_call(database, "c")
    make(database, words=1)
    first = claim(database, worker="dead")
    later = NOW + LEASE + timedelta(seconds=1)
    assert first is not None
    with database.transaction() as session:
        assert repository.expire(session, now=NOW + LEASE / 2) == 0
        assert repository.expire(session, now=later) == 1
    second = claim(database, now=later)
    assert second is not None

    with database.transaction() as session:
        assert not repository.finish(session, first, now=later)
        assert repository.finish(session, second, now=later)


def test_a_newer_version_is_done_again(database: Database) -> None:
    add_call(database, "c")
    make(database, words=1)
    got = claim(database)
    assert got is not None
    with database.transaction() as session:
        repository.finish(session, got, now=NOW)
        assert repository.renew(session, {"words": 1}, now=NOW) == 0
        assert repository.renew(session, {"words": 2}, now=NOW) == 1
    assert claim(database) is not None


def test_work_goes_with_its_call(database: Database) -> None:
    add_call(database, "c")
    make(database, words=1)
    with database.transaction() as session:
        call = session.get(Call, "c")
        session.delete(call)
    with database.reading() as session:
        assert session.query(CallJob).count() == 0


# ------------------------------------------------------------------ the loop


def house_of(database: Database, folder: Path) -> tuple[JobsHouse, StoppedClock]:
    clock = StoppedClock()
    settings = Settings(state_dir=folder)
    library = RecordingLibrary(folder / "recordings")
    return JobsHouse(settings, database, clock, library, "n1"), clock


def test_poison_is_set_aside_with_its_reason_and_the_rest_is_done(
    database: Database, tmp_path: Path
) -> None:
    for number, name in enumerate(("good", "poison", "mistaken")):
        add_call(database, name, minutes=number)
    done = []

    def do(house: JobsHouse, call_id: CallId) -> None:
        if call_id == "poison":
            raise Hopeless("its recording is no sound")
        if call_id == "mistaken":
            raise KeyError("my card is 4111")
        done.append(call_id)

    house, _ = house_of(database, tmp_path)
    assert Worker(house, [Kind("words", 1, do)], ()).run_once() == 3

    assert done == ["good"]
    with database.reading() as session:
        [count] = repository.counts(session)
        troubles = {job.call_id: (job.state, job.error) for job in repository.in_trouble(session)}
    assert (count.done, count.set_aside, count.waiting) == (1, 1, 1)
    assert troubles["poison"] == ("set_aside", "its recording is no sound")
    assert troubles["mistaken"][0] == "waiting"
    assert "4111" not in troubles["mistaken"][1]


def test_whoever_is_stopped_or_killed_halfway_loses_and_doubles_nothing(
    database: Database, tmp_path: Path
) -> None:
    add_call(database, "c")
    begun = []

    def stopped(house: JobsHouse, call_id: CallId) -> None:
        begun.append(call_id)
        raise Stopped

    house, _ = house_of(database, tmp_path)
    for _ in range(TRIES + 1):
        with pytest.raises(Stopped):
            Worker(house, [Kind("words", 1, stopped)], ()).run_once()
    claimed = claim(database, worker="n1")  # and now as by kill -9: nobody gives it back
    assert claimed is not None
    assert claimed.tries == 1

    finished: list[str] = []
    again = Worker(house, [Kind("words", 1, lambda _, call: finished.append(call))], ())
    again.run_once()
    again.run_once()

    assert len(begun) == TRIES + 1
    assert finished == ["c"]


def test_what_kills_its_process_each_time_is_set_aside(database: Database, tmp_path: Path) -> None:
    add_call(database, "c")
    make(database, words=1)
    house, clock = house_of(database, tmp_path)
    for _ in range(TRIES):
        assert claim(database, worker="n1", now=clock.at) is not None
        Worker(house, (), ()).begin()

    with database.reading() as session:
        [trouble] = repository.in_trouble(session)
    assert trouble.state == "set_aside"
    assert "the program ended 5 times" in trouble.error


def test_what_comes_again_comes_at_its_time_and_its_failure_is_told(
    database: Database, tmp_path: Path
) -> None:
    house, clock = house_of(database, tmp_path)
    times = []

    def do(_: JobsHouse) -> None:
        times.append(clock.at)
        if len(times) > 1:
            raise VoxdeskError("the disk is full")

    worker = Worker(house, (), [Every("retention", timedelta(hours=1), do)])
    worker.run_once()
    worker.run_once()
    clock.at += timedelta(hours=1)
    worker.run_once()

    assert times == [NOW, NOW + timedelta(hours=1)]
    with database.reading() as session:
        [row] = repository.periodic(session)
    assert (row.error, row.due_at) == ("the disk is full", NOW + timedelta(hours=2))
