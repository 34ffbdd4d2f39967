"""Scorings in the database. The caller commits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from crm.calls.models import CallEventRow
from crm.scores.models import ScorecardVersion, Scoring, ScoringAnswer, State
from crm.scores.scorecard import Scorecard, as_data
from crm.scores.scoring import Answer
from voxdesk.kernel.call import EventKind


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a flow a call was. Both are empty where nobody knows."""

    flow: str = ""
    step: str = ""


def version_of(session: Session, card: Scorecard, text: str, *, now: datetime) -> ScorecardVersion:
    """The kept version of a scorecard; kept from now on where it wasn't."""
    found = _version(session, card)
    if found is not None:
        return found
    try:
        with session.begin_nested():
            newest = select(func.max(ScorecardVersion.number)).filter_by(name=card.name)
            version = ScorecardVersion(
                name=card.name,
                number=(session.scalar(newest) or 0) + 1,
                hash=card.version,
                text=text,
                data=as_data(card),
                used_at=now,
            )
            session.add(version)
    except IntegrityError:  # somebody else began with it at the same moment
        found = _version(session, card)
        if found is None:
            raise
        return found
    return version


def _version(session: Session, card: Scorecard) -> ScorecardVersion | None:
    return session.scalar(select(ScorecardVersion).filter_by(name=card.name, hash=card.version))


def scoring_by(session: Session, call_id: str, scorecard: str, scorer: str) -> Scoring | None:
    """What this person has said about a call by a scorecard."""
    return session.scalar(
        select(Scoring).filter_by(call_id=call_id, scorecard=scorecard, scorer=scorer)
    )


def draft_beside(session: Session, call_id: str, scorecard: str, scorer: str) -> Scoring | None:
    """What somebody else has begun to say about a call, locked; the last saved of several."""
    return session.scalar(
        select(Scoring)
        .filter_by(call_id=call_id, scorecard=scorecard, state=State.DRAFT.value)
        .where(Scoring.scorer != scorer)
        .order_by(Scoring.saved_at.desc(), Scoring.id)
        .limit(1)
        .with_for_update()
    )


def locked(session: Session, scoring_id: int) -> Scoring | None:
    """A scoring that nobody else changes until the end of the transaction."""
    return session.scalar(select(Scoring).filter_by(id=scoring_id).with_for_update())


def scorings_of(session: Session, call_id: str) -> Sequence[tuple[Scoring, ScorecardVersion]]:
    """Everything that was said about a call, the oldest first."""
    rows = session.execute(
        select(Scoring, ScorecardVersion)
        .join(ScorecardVersion, ScorecardVersion.id == Scoring.version_id)
        .where(Scoring.call_id == call_id)
        .order_by(Scoring.began_at, Scoring.id)
    )
    return [(scoring, version) for scoring, version in rows]


def answers_of(session: Session, scoring_id: int) -> Mapping[str, ScoringAnswer]:
    """The answers of a scoring, by question."""
    rows = session.scalars(select(ScoringAnswer).filter_by(scoring_id=scoring_id))
    return {row.question: row for row in rows}


def as_answer(row: ScoringAnswer) -> Answer:
    """A kept answer as the plain value that it was."""
    return Answer(row.value, row.not_applicable, row.comment, row.moment_ms)


def places_at(session: Session, call_id: str, moments_ms: Iterable[int]) -> Mapping[int, Place]:
    """Where in its flow the call was at each of these moments of the recording."""
    wanted = sorted(set(moments_ms))
    if not wanted:
        return {}
    rows = session.execute(
        select(CallEventRow.audio_ms, CallEventRow.data)
        .where(CallEventRow.call_id == call_id, CallEventRow.kind == EventKind.STEP.value)
        .order_by(CallEventRow.seq)
    )
    entered = [
        (audio_ms, Place(str(data.get("flow", "")), str(data.get("step", ""))))
        for audio_ms, data in rows
    ]
    return {moment: place_at(entered, moment) for moment in wanted}


def place_at(entered: Sequence[tuple[int, Place]], moment_ms: int) -> Place:
    """The last place that was entered at or before a moment; none before the first."""
    found = Place()
    for at_ms, place in entered:
        if at_ms <= moment_ms:
            found = place
    return found


def draft_of(
    session: Session, version: ScorecardVersion, call_id: str, scorer: str, *, now: datetime
) -> Scoring:
    """A new scoring without any answer."""
    scoring = Scoring(
        call_id=call_id,
        version_id=version.id,
        scorecard=version.name,
        scorer=scorer,
        state=State.DRAFT.value,
        total=None,
        failed=False,
        passed=None,
        comment="",
        revision=1,
        began_at=now,
        saved_at=now,
        done_at=None,
    )
    session.add(scoring)
    session.flush()
    return scoring
