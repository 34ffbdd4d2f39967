"""Where a person is still mentioned: in the database, and in files beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crm.privacy import traces
from crm.privacy.person import Person
from crm.privacy.traces import Mention
from voxdesk.app.settings import Settings
from voxdesk.db import Database

MOST_BYTES: Final = 64 << 20
"""Of a file whose content is looked at; ours with texts are smaller."""
# Models hold no texts of callers; recordings are sealed, their names are looked at.
_NAMES_ONLY: Final = frozenset({"models", "recordings", "keys"})
_DATABASE: Final = (".db", ".db-wal", ".db-shm")


@dataclass(frozen=True, slots=True)
class Traces:
    """What was found of somebody.

    Attributes:
        mentions: rows that aren't theirs, by table.
        files: names below the folder of the state.
        looked_at: how many files were looked at.
    """

    mentions: Sequence[Mention]
    files: Sequence[str]
    looked_at: int

    @property
    def none(self) -> bool:
        """Whether there is nothing."""
        return not self.mentions and not self.files


def needles(database: Database, person: Person) -> tuple[str, ...]:
    """What to look for; before anything of it is erased."""
    with database.reading() as session:
        return traces.needles_of(session, person)


def look(
    settings: Settings, database: Database, wanted: Sequence[str], *, beside: Person
) -> Traces:
    """Look through everything for any of what is wanted, beside what is a person's own."""
    with database.reading() as session:
        mentions = traces.mentions(session, wanted, beside=beside)
    folder, found, count = settings.state_dir, [], 0
    parts = [part for one in wanted for part in (one.encode(), ascii_of(one))]
    for path in _files(folder):
        count += 1
        name = str(path.relative_to(folder))
        content = _content(folder, path)
        if any(one in name for one in wanted) or any(part in content for part in parts):
            found.append(name)
    own = set(beside.calls)
    return Traces(mentions, [name for name in found if not any(one in name for one in own)], count)


def ascii_of(text: str) -> bytes:
    """As it stands in JSON with escapes."""
    return text.encode("ascii", "backslashreplace")


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.endswith(_DATABASE):
            yield path


def _content(folder: Path, path: Path) -> bytes:
    if path.relative_to(folder).parts[0] in _NAMES_ONLY or path.stat().st_size > MOST_BYTES:
        return b""
    try:
        return path.read_bytes()
    except OSError:  # it went meanwhile, or isn't ours
        return b""
