"""Many recorded calls through a draft, by what was heard then or by their sound."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from asr.workers import DecodingPool
from crm.calls.models import Call
from crm.lookups import Lookups
from dialog.file_keys import shown_path
from dialog.flow_file import check_file, check_text
from dialog.flow_sources import Folder
from dialog.prompts import Prompts
from dialog.replay.comparing import Comparison
from voxdesk.app.drafts import path_of
from voxdesk.app.flow_archive import FlowArchive
from voxdesk.app.intents.on_demand import intents_of
from voxdesk.app.published_flows import PublishedFlows
from voxdesk.app.recognizers import load_recognizer
from voxdesk.app.recordings_kept import library_of
from voxdesk.app.replaying.by_ear import Ears, Heard, replayed_by_ear
from voxdesk.app.replaying.calls import replayed, with_log
from voxdesk.app.replaying.journal import Journal
from voxdesk.app.replaying.versions import Versions
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.errors import FlowError

Done = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Source:
    """Where calls and versions come from.

    Attributes:
        versions: with the draft.
        crm: is asked what calls didn't look up; None: that isn't known.
    """

    settings: Settings
    database: Database
    versions: Versions
    crm: Lookups | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it; fields as of `Report`."""

    comparisons: tuple[Comparison, ...]
    recognizer: str = ""
    heard: Heard | None = None


def _beside(draft: Path, own: Path) -> Path:
    """Where a draft's subflows and knowledge are: a file elsewhere has those of the flow's own."""
    return draft.parent if draft.parent.name == own.parent.name else own.parent


def read_versions(
    settings: Settings, database: Database, flow: str, draft: Path | None
) -> tuple[Versions, Path]:
    """The draft of a flow, ready to be tried, with its file.

    Args:
        settings: of this installation.
        database: has the published versions.
        flow: its name.
        draft: another file than the flow's own.

    Raises:
        FlowError: it can't be read, or has mistakes; says all of them.
    """
    own = path_of(settings.config_dir / "flows", flow)
    path = draft or own
    text = _text(path)
    checked = check_text(
        text, name=flow, path=shown_path(path), sources=Folder(_beside(path, own), shown_path)
    )
    if checked.flow is None or checked.problems:
        raise FlowError(checked.report)
    versions = Versions(
        checked.data,
        checked.flow,
        Prompts.load(settings.config_dir / "prompts"),
        learn=lambda flow: intents_of(flow, settings.state_dir),
        others=(check_file(own).data,) if own.is_file() else (),
        archive=FlowArchive(settings.state_dir / "flows"),
        published=PublishedFlows(database),
    )
    return versions, path


def by_log(source: Source, calls: Sequence[Call], on_done: Done) -> Outcome:
    """Every call by what was heard then.

    Raises:
        DatabaseError: the database is away.
    """
    found: list[Comparison] = []
    logs = (with_log(source.database, call) for call in calls)
    for comparison in replayed(source.versions, logs, source.crm):
        found.append(comparison)
        on_done()
    return Outcome(tuple(found))


def by_ear(source: Source, calls: Sequence[Call], on_done: Done, *, workers: int) -> Outcome:
    """Every call by its sound. Loads the installed recognizer.

    Whatever ends it before its time, what was heard is kept for the next time.

    Raises:
        ModelMissing: there is no recognizer.
        SettingsError: nothing can be kept.
        DatabaseError: the database is away.
    """
    return asyncio.run(_by_ear(source, calls, on_done, workers))


async def _by_ear(source: Source, calls: Sequence[Call], on_done: Done, workers: int) -> Outcome:
    settings = source.settings
    pool = DecodingPool(workers)
    recognizer = await asyncio.to_thread(load_recognizer, settings, pool)
    journal = Journal(settings.state_dir / "replays", source.versions.flow.name, recognizer.name)
    ears = Ears(recognizer, library_of(settings), journal)
    complete = False
    try:
        found = await replayed_by_ear(
            source.versions,
            source.database,
            calls,
            ears,
            crm=source.crm,
            workers=workers,
            on_done=on_done,
        )
        complete = True
    finally:
        journal.close(complete=complete)
        await recognizer.close()
        await pool.close()
    return Outcome(tuple(found), recognizer.name, ears.heard)


def _text(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FlowError(f"{path}: the file can't be read: {error.strerror}") from None
