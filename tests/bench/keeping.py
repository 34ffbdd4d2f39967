"""What keeping people's data safe costs: python -m tests.bench.keeping [--calls 100000]

Calls with their logs and words are written into SQLite (`--postgresql`: into one of its own). Then
somebody is looked up, looked for in everything, the rules are asked what is due, and the words of a
thousand calls are removed, with all that is left behind. Seconds, one after the other.
"""

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from crm.calls.models import Call
from crm.privacy import people
from recordings.library import RecordingLibrary
from tests.bench.console_calls import _databases
from tests.bench.many_calls import FIRST_DAY, fill
from voxdesk.app import traces
from voxdesk.app.database import upgrade
from voxdesk.app.privacy import PrivacyHouse
from voxdesk.app.retaining import Retaining
from voxdesk.app.settings import Settings
from voxdesk.db import Database

RESULTS: Final = Path("bench-results")
REMOVED: Final = 1000
took: dict[str, float] = {}


@contextmanager
def timed(what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    took[what] = time.perf_counter() - began
    print(f"{what:52}{took[what]:9.2f} s", flush=True)  # noqa: T201


def measure(url: str, folder: Path, calls: int) -> None:
    database = Database(url)
    with timed(f"(writing {calls} calls)"):
        upgrade(url)
        fill(database, calls)
    with database.reading() as session:
        starts = session.scalars(select(Call.ended_at).order_by(Call.ended_at).offset(REMOVED))
        until = starts.first()
        events = session.scalar(select(func.count()).select_from(Call))
        caller = session.scalar(select(Call.caller).where(Call.caller != "").limit(1)) or ""
    assert until is not None
    assert events
    rules = [{"keep": "words", "days": 30}, {"keep": "recordings", "days": 5000}]
    settings = Settings.model_validate({"state_dir": folder, "privacy": {"retention": rules}})
    house = PrivacyHouse(settings, database, RecordingLibrary(folder / "recordings"))
    retaining = Retaining(settings, database, house.library)
    for what, said in (("by number", caller), ("by part of a name", "mer 4")):
        with timed(f"people looked up {what}"), database.reading() as session:
            people.candidates(session, said, house.numbers(said))
    with database.reading() as session:
        whom = house.find(session, phone=caller)
    wanted = traces.needles(database, whom)
    with timed("everything looked through for them"):
        traces.look(settings, database, wanted, beside=whom)
    with timed("what all rules would delete, everything due"):
        retaining.how_much(now=FIRST_DAY + timedelta(days=2000))
    now = until + timedelta(days=30)
    with timed("what they would delete, little due"):
        much = retaining.how_much(now=now)
    with timed(f"words of {much[0].due} calls removed, index rewritten"):
        for _ in retaining.delete(now=now, by="bench"):
            pass
    database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--postgresql", action="store_true")
    asked = parser.parse_args()
    kind = "postgresql" if asked.postgresql else "sqlite"
    folder = Path(tempfile.mkdtemp(prefix="voxdesk-bench-"))
    try:
        with _databases([kind], folder) as databases:
            for _, url in databases:
                measure(url, folder / "state", asked.calls)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"keeping-{kind}.json").write_text(json.dumps({"calls": asked.calls, **took}))


if __name__ == "__main__":
    main()
