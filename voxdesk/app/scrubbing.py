"""What deleting rows leaves behind: in files beside the database, and in the database's own."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from voxdesk.db import Database


def overwrite_what_is_deleted(session: Session) -> None:
    """Have SQLite write zeros over what this transaction deletes; PostgreSQL vacuums."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA secure_delete=ON"))


def scrub_files(
    state: Path, calls: Collection[str], *, prompts_before: datetime | None = None
) -> None:
    """Take these calls out of what is kept beside the database.

    Args:
        state: the folder of the state.
        calls: whose lines go out of refused log entries and of what replays heard.
        prompts_before: spoken sentences that were kept before this go as well, names may be among
            them; None: all of them. They are made again when they are needed.
    """
    for path in (state / "spool" / "call_log.rejected.jsonl", *state.glob("replays/*.jsonl")):
        if path.is_file():
            _drop_lines(path, calls)
    for path in (state / "prompts").glob("**/*"):
        if path.is_file() and (
            prompts_before is None or path.stat().st_mtime < prompts_before.timestamp()
        ):
            path.unlink(missing_ok=True)


def scrub_database(database: Database) -> None:
    """SQLite keeps deleted rows in its log until that is folded back."""
    if database.url.get_backend_name() != "sqlite":
        return
    engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        raw.close()


def _drop_lines(path: Path, calls: Collection[str]) -> None:
    names = [call.encode() for call in calls]
    lines = path.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if not any(name in line for name in names)]
    if len(kept) != len(lines):
        path.write_bytes(b"".join(kept))
