"""Recorded calls, run again through a draft one after the other. Blocks."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass

from crm.calls.models import Call
from crm.calls.of_flow import FlowCallsFilter, finished_calls
from crm.calls.repository import events_of
from crm.lookups import Lookups
from dialog.events import Lookup, LookupDone, Started
from dialog.replay.comparing import Comparison, Kind, compare
from dialog.replay.course import Course, Ending
from dialog.replay.playing import Cause, Have, Listening, Need, Played, Stopped, play
from dialog.replay.recorded import Recorded, follow, languages_of
from voxdesk.app.replaying.versions import OldVersion, Versions
from voxdesk.db import Database
from voxdesk.kernel.call import CallEvent
from voxdesk.kernel.errors import FlowError


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A call with its log.

    Attributes:
        version: of its flow.
        recording: below the recordings folder, or empty.
        began: what is supposed of its beginning where its log doesn't say it.
    """

    id: str
    version: str
    recording: str
    began: Started
    log: tuple[CallEvent, ...]


def stored_calls(database: Database, wanted: FlowCallsFilter) -> list[Call]:
    """Rows of the calls that are meant, the newest first.

    Raises:
        DatabaseError: the database is away.
    """
    with database.reading() as session:
        calls = list(finished_calls(session, wanted))
        session.expunge_all()
    return calls


def with_log(database: Database, call: Call) -> StoredCall:
    """A call with its log.

    Raises:
        DatabaseError: the database is away.
    """
    with database.reading() as session:
        log = tuple(logged.event for logged in events_of(session, call.id))
    local = call.started_at.astimezone()
    began = Started(
        caller={"known": False, "language": call.language},
        callee=call.callee,
        today=local.date().isoformat(),
        now=local.time().isoformat(timespec="minutes"),
    )
    return StoredCall(call.id, call.flow_version, call.recording_path, began, log)


@dataclass(frozen=True, slots=True)
class Replay:
    """One call under way: drive `needs`, then give what it returned to `compared`."""

    needs: Generator[Need, Have, Played]
    compared: Callable[[Played], Comparison]


def begin(versions: Versions, call: StoredCall, *, listen: bool = False) -> Replay | Comparison:
    """A replay to be driven, or at once what came of it where there is nothing to drive.

    Args:
        versions: with the draft.
        call: to be run again.
        listen: ask for the words of each turn anew.

    Raises:
        DatabaseError: the database is away.
    """
    old = versions.old(call.version)
    if old is None:
        return _impossible(call, Stopped(Cause.NO_VERSION, call.version))
    languages = languages_of(call.log)
    recorded = follow(versions.dialogue(old.flow, languages), call.log, began=call.began)
    needs = play(
        versions.dialogue(versions.flow, languages),
        recorded,
        old.flow,
        names=old.names,
        listen=listen,
    )
    return Replay(needs, lambda played: _compared(versions, old, recorded, played))


def replayed(
    versions: Versions, calls: Sequence[StoredCall] | Iterator[StoredCall], crm: Lookups | None
) -> Iterator[Comparison]:
    """Every call by what was heard then.

    Args:
        versions: with the draft.
        calls: to be run again.
        crm: is asked, and only asked, what the calls didn't; None: that isn't known.

    Raises:
        DatabaseError: the database is away.
    """
    for call in calls:
        replay = begin(versions, call)
        if isinstance(replay, Comparison):
            yield replay
        else:
            yield replay.compared(_driven(replay.needs, crm))


def _driven(needs: Generator[Need, Have, Played], crm: Lookups | None) -> Played:
    answer: Have = None
    while True:
        try:
            need = needs.send(answer)
        except StopIteration as end:
            played: Played = end.value
            return played
        answer = None if isinstance(need, Listening) else asked(crm, need)


def asked(crm: Lookups | None, lookup: Lookup) -> LookupDone | None:
    """What the CRM says now; None: nobody may ask it, or it doesn't know such things.

    Raises:
        DatabaseError: the database is away.
    """
    if crm is None:
        return None
    try:
        record = crm.find(lookup.what, lookup.by)
    except FlowError:
        return None
    return LookupDone(lookup.token, found=record is not None, record=record or {})


def _compared(
    versions: Versions, old: OldVersion, recorded: Recorded, played: Played
) -> Comparison:
    return compare(recorded, played, old=old.flow, new=versions.flow, names=old.names)


def _impossible(call: StoredCall, stopped: Stopped) -> Comparison:
    nothing = Course((), Ending.OPEN)
    return Comparison(call.id, call.version, Kind.NOT_REPLAYED, nothing, nothing, stopped)
