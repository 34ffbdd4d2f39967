"""A person's data, given to them or erased.

Rows, recordings and what else is on the disk go together: recordings first, so that a disk or a
store that is away leaves everything to be tried again.
"""

import html
import json
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final

from sqlalchemy.orm import Session

from crm.customers.phone import normalize_phone, plan_of
from crm.privacy import holds, person
from crm.privacy.models import Erasure
from crm.privacy.person import Belongings, Person
from recordings.library import RecordingLibrary
from voxdesk.app.scrubbing import overwrite_what_is_deleted, scrub_database, scrub_files
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.errors import VoxdeskError

COPY_BYTES: Final = 1 << 20
STYLE: Final = (
    "<style>body{font:1rem sans-serif;margin:2rem}td,th{border:1px solid #aaa;padding:.2rem .5rem;"
    "text-align:start;vertical-align:top}table{border-collapse:collapse}</style>"
)


class StillTalking(VoxdeskError):
    """A call of the person goes on."""

    code = "still_talking"


@dataclass(frozen=True, slots=True)
class PrivacyHouse:
    """What this needs of an installation."""

    settings: Settings
    database: Database
    library: RecordingLibrary

    def find(self, session: Session, *, phone: str = "", customer: int | None = None) -> Person:
        """Whom a number or a customer's id means."""
        return person.find(session, numbers=self.numbers(phone), customer_id=customer)

    def numbers(self, phone: str) -> frozenset[str]:
        """A number in every spelling that may stand in a row."""
        spoken = phone.replace("\0", "").strip()  # PostgreSQL has no such sign in texts
        canonical = normalize_phone(spoken, plan_of(self.settings.calls.country))
        return frozenset({spoken, canonical or spoken}) - {""}

    def preview(self, whom: Person) -> Belongings:
        """How much there is of a person."""
        with self.database.reading() as session:
            return person.belongings(session, whom)

    # ------------------------------------------------------------------------------- given out

    def export(self, whom: Person, target: BinaryIO, *, now: datetime) -> Belongings:
        """Write everything as a ZIP: data.json, readable.html, and recordings as WAV files.

        A recording that can't be read is named in the data with the reason.

        Raises:
            DatabaseError: the database is away.
            OSError: the file can't be written.
        """
        with self.database.reading() as session:
            found = person.belongings(session, whom)
            data = person.everything(session, whom)
        troubles: dict[str, str] = {}
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in found.recordings:
                try:
                    self._add(archive, name)
                except (OSError, VoxdeskError) as error:
                    troubles[name] = str(error)
            whole = {
                "made_at": now.isoformat(),
                "recordings": {
                    name: troubles.get(name, f"recordings/{name}") for name in found.recordings
                },
                "data": data,
            }
            archive.writestr(
                "data.json", json.dumps(whole, ensure_ascii=False, indent=1, default=_plain)
            )
            archive.writestr("readable.html", readable(whole))
        return found

    def _add(self, archive: zipfile.ZipFile, name: str) -> None:
        with self.library.open(name) as source:
            first = source.read(COPY_BYTES)  # what can't be read must not leave half a file
            with archive.open(f"recordings/{name}", "w", force_zip64=True) as copy:
                while first:
                    copy.write(first)
                    first = source.read(COPY_BYTES)

    # --------------------------------------------------------------------------------- erased

    def erase(self, whom: Person, *, by: str, now: datetime) -> Erasure:
        """Erase everything of a person.

        Raises:
            HeldBack: something of it is under a legal hold; nothing was erased.
            StillTalking: they are on the phone.
            RecordingUnreadable: disk or store don't let a recording go; try again later.
            DatabaseError: the database is away.
        """
        with self.database.transaction() as session:
            held = holds.holding(session, calls=whom.calls, customers=whom.customers)
            holds.attempted(held, now=now)
            numbers = ", ".join(str(hold.id) for hold in held)
            found = person.belongings(session, whom)
        if held:
            raise holds.HeldBack(
                f"this is under legal hold {numbers}; nothing was erased. Lift it first, if that "
                "is right: voxdesk privacy holds",
                case="held_by",
                numbers=numbers,
            )
        if found.going_on:
            raise StillTalking("a call with this person goes on; erase when it is over")
        for name in found.recordings:
            self.library.delete(name)
        with self.database.transaction() as session:
            overwrite_what_is_deleted(session)
            receipt = person.erase(session, whom, by=by, now=now)
            receipt.counts = receipt.counts | {"recordings": len(found.recordings)}
            session.flush()
            session.expunge(receipt)
        scrub_files(self.settings.state_dir, whom.calls)
        scrub_database(self.database)
        return receipt


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)


def readable(whole: dict[str, Any]) -> str:
    """The same as a page for people: a table for each kind. Nothing in it runs or loads."""
    parts = [
        "<!doctype html><meta charset=utf-8><title>Data of one person</title>",
        STYLE,
        f"<h1>Data of one person</h1><p>{html.escape(whole['made_at'])}</p><h2>recordings</h2><ul>",
        *(
            f"<li>{html.escape(name)}: {html.escape(where)}</li>"
            for name, where in whole["recordings"].items()
        ),
        "</ul>",
    ]
    for table, rows in whole["data"].items():
        parts.append(f"<h2>{html.escape(table)}</h2><table><tr>")
        parts += [f"<th>{html.escape(name)}</th>" for name in rows[0]]
        parts.append("</tr>")
        for row in rows:
            cells = (
                value
                if isinstance(value, str)
                else json.dumps(value, ensure_ascii=False, default=_plain)
                for value in row.values()
            )
            parts.append(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>")
        parts.append("</table>")
    return "".join(parts)


def utc_now() -> datetime:
    """The time, for commands."""
    return datetime.now(UTC)
