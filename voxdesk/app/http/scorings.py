"""Scoring a call over HTTP: begin, save as it grows, finish, open again."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from crm.audit.models import Act
from crm.calls.models import Call
from crm.scores import service
from crm.scores.models import IfTaken, Scoring, State
from crm.scores.scoring import Answer
from crm.scores.service import Scored
from voxdesk.app.http.audit import looked, noted
from voxdesk.app.http.errors import NotThere
from voxdesk.app.http.guard import Listener, Scorer, Staff
from voxdesk.app.http.house import AHouse, House
from voxdesk.app.http.scorecards import ScorecardOut, present, usable
from voxdesk.app.http.shown import shown

router = APIRouter(tags=["scores"])
LONGEST_COMMENT: Final = 4000
MOST_ANSWERS: Final = 200
LONGEST_CALL_MS: Final = 24 * 3600 * 1000
MOST: Final = 2**31 - 1
ScoringId = Annotated[int, Path(ge=1, le=MOST)]
Revision = Annotated[int, Field(ge=1, le=MOST, description="Of the scoring as it was read.")]


class AnswerIn(BaseModel):
    """One answer; without value and `not_applicable`, only a comment or a moment."""

    value: float | None = Field(None, ge=0, le=1000, description="On the question's scale.")
    not_applicable: bool = False
    comment: str = Field("", max_length=LONGEST_COMMENT)
    moment_ms: int | None = Field(
        None, ge=0, le=LONGEST_CALL_MS, description="Where it shows, milliseconds since answer."
    )


class AnswerOut(AnswerIn):
    """One answer as it is kept."""

    flow: str = Field(description="That ran at the moment; empty where no moment is held.")
    step: str = Field(description="That the call was at then.")


class ScoringOut(BaseModel):
    """One person's judgement of a call."""

    id: int
    call_id: str
    scorecard: ScorecardOut = Field(description="The version that the scoring began with.")
    number: int = Field(description="Of this version: the how-manieth of the scorecard.")
    newer: bool = Field(
        description="The scorecard was changed since; this scoring goes on with its version."
    )
    scorer: str
    mine: bool
    state: State
    revision: int
    answers: dict[str, AnswerOut]
    comment: str
    total: float | None
    sections: dict[str, float | None]
    fatal: list[str] = Field(description="Questions whose answer made the whole 0.")
    missing: list[str] = Field(description="Questions without an answer.")
    passed: bool | None
    began_at: datetime
    saved_at: datetime
    done_at: datetime | None

    @classmethod
    def of(cls, scored: Scored, staff: Staff, house: House) -> "ScoringOut":
        """As it is kept, for somebody."""
        scoring, result = scored.scoring, scored.result
        now = present(house, scored.card.name)
        card = now.usable if now else None
        return cls(
            id=scoring.id,
            call_id=scoring.call_id,
            scorecard=ScorecardOut.of(scored.card),
            number=scored.version.number,
            newer=card is not None and card.version != scored.card.version,
            scorer=scoring.scorer,
            mine=scoring.scorer == staff.name,
            state=State(scoring.state),
            revision=scoring.revision,
            answers={
                name: AnswerOut(
                    value=answer.value,
                    not_applicable=answer.not_applicable,
                    comment=shown(answer.comment, ""),
                    moment_ms=answer.moment_ms,
                    flow=scored.places[name].flow,
                    step=scored.places[name].step,
                )
                for name, answer in scored.answers.items()
            },
            comment=shown(scoring.comment, ""),
            total=result.total,
            sections=dict(result.sections),
            fatal=list(result.fatal),
            missing=list(result.missing),
            passed=result.passed,
            began_at=scoring.began_at,
            saved_at=scoring.saved_at,
            done_at=scoring.done_at,
        )


class ScoringIn(BaseModel):
    """By what to score."""

    scorecard: str = Field(min_length=1, max_length=100)
    if_taken: IfTaken = Field(
        IfTaken.REFUSE,
        description="When somebody else is at it: 409, a scoring of one's own beside it, or theirs "
        "taken over with all that they answered.",
    )


class SaveIn(BaseModel):
    """Everything that was answered so far."""

    revision: Revision
    answers: dict[str, AnswerIn] = Field(max_length=MOST_ANSWERS)
    comment: str = Field("", max_length=LONGEST_COMMENT)


class RevisionIn(BaseModel):
    """Which state of the scoring is meant."""

    revision: Revision


@router.get("/calls/{call_id}/scorings")
def of_call(call_id: str, house: AHouse, staff: Listener) -> list[ScoringOut]:
    """What was said about a call, everybody's; other people's drafts are left out."""
    with house.database.transaction() as session:
        _demand_call(session, call_id)
        found = service.call_scorings(session, call_id)
        looked(session, staff, Act.READ_CALL, of=f"call {call_id}", now=house.clock.now())
    return [
        ScoringOut.of(scored, staff, house)
        for scored in found
        if scored.scoring.state == State.DONE or scored.scoring.scorer == staff.name
    ]


@router.post("/calls/{call_id}/scorings")
def begin(call_id: str, wanted: ScoringIn, house: AHouse, staff: Scorer) -> ScoringOut:
    """Begin to score a call, or go on: each person has one scoring of a call by a scorecard.

    409 when somebody else has begun and isn't finished, unless `if_taken` says what to do.
    """
    card, text = usable(house, wanted.scorecard)
    now = house.clock.now()
    with house.database.transaction() as session:
        _demand_call(session, call_id)
        scored = service.begin(
            session,
            card,
            text,
            call_id=call_id,
            scorer=staff.name,
            now=now,
            if_taken=wanted.if_taken,
        )
        noted(session, staff, Act.SCORED, of=f"call {call_id}", now=now)
    return ScoringOut.of(scored, staff, house)


@router.get("/scorings/{scoring_id}")
def scoring(scoring_id: ScoringId, house: AHouse, staff: Listener) -> ScoringOut:
    """One scoring; another person's draft isn't shown."""
    with house.database.transaction() as session:
        found = _there(session, scoring_id)
        if found.state == State.DRAFT and found.scorer != staff.name:
            raise NotThere(
                f"{found.scorer} hasn't finished this scoring yet.",
                case="score_unfinished",
                owner=found.scorer,
            )
        looked(session, staff, Act.READ_CALL, of=f"call {found.call_id}", now=house.clock.now())
        scored = service.whole(session, found)
    return ScoringOut.of(scored, staff, house)


@router.put("/scorings/{scoring_id}")
def save(scoring_id: ScoringId, given: SaveIn, house: AHouse, staff: Scorer) -> ScoringOut:
    """Keep all answers. 409 with what is different when it was changed since `revision`."""
    answers = {
        name: Answer(answer.value, answer.not_applicable, answer.comment.strip(), answer.moment_ms)
        for name, answer in given.answers.items()
    }
    with house.database.transaction() as session:
        _there(session, scoring_id)
        scored = service.save(
            session,
            scoring_id,
            revision=given.revision,
            answers=answers,
            comment=given.comment.strip(),
            scorer=staff.name,
            now=house.clock.now(),
        )
    return ScoringOut.of(scored, staff, house)


@router.post("/scorings/{scoring_id}/finish")
def finish(scoring_id: ScoringId, given: RevisionIn, house: AHouse, staff: Scorer) -> ScoringOut:
    """Count it in results from now on. 422 while a question has no answer; says which."""
    now = house.clock.now()
    with house.database.transaction() as session:
        found = _there(session, scoring_id)
        scored = service.finish(
            session, scoring_id, revision=given.revision, scorer=staff.name, now=now
        )
        noted(session, staff, Act.SCORED, of=f"call {found.call_id}", now=now)
    return ScoringOut.of(scored, staff, house)


@router.post("/scorings/{scoring_id}/reopen")
def reopen(scoring_id: ScoringId, given: RevisionIn, house: AHouse, staff: Scorer) -> ScoringOut:
    """Change a finished one again; until it is finished it counts no more."""
    now = house.clock.now()
    with house.database.transaction() as session:
        found = _there(session, scoring_id)
        scored = service.reopen(
            session, scoring_id, revision=given.revision, scorer=staff.name, now=now
        )
        noted(session, staff, Act.SCORED, of=f"call {found.call_id}", now=now)
    return ScoringOut.of(scored, staff, house)


@router.post("/scorings/{scoring_id}/renew")
def renew(scoring_id: ScoringId, given: RevisionIn, house: AHouse, staff: Scorer) -> ScoringOut:
    """Go over to the scorecard as it is now. Answers stay where they still can be answers."""
    with house.database.transaction() as session:
        card, text = usable(house, _there(session, scoring_id).scorecard)
        scored = service.renew(
            session,
            scoring_id,
            card,
            text,
            revision=given.revision,
            scorer=staff.name,
            now=house.clock.now(),
        )
    return ScoringOut.of(scored, staff, house)


@router.delete("/scorings/{scoring_id}", status_code=204)
def discard(
    scoring_id: ScoringId,
    house: AHouse,
    staff: Scorer,
    revision: Annotated[int, Query(ge=1, le=MOST)],
) -> None:
    """Throw a draft of one's own away."""
    now = house.clock.now()
    with house.database.transaction() as session:
        found = _there(session, scoring_id)
        service.discard(session, scoring_id, revision=revision, scorer=staff.name)
        noted(session, staff, Act.SCORED, of=f"call {found.call_id}", now=now)


def _there(session: Session, scoring_id: int) -> Scoring:
    """A scoring that is there.

    Raises:
        NotThere: it isn't.
    """
    found = session.get(Scoring, scoring_id)
    if found is None:
        raise NotThere(
            "There is no such scoring: it was thrown away, or its call was erased.",
            case="score_gone",
        )
    return found


def _demand_call(session: Session, call_id: str) -> None:
    if session.get(Call, call_id) is None:
        raise NotThere(f'There is no call "{call_id[:40]}".', case="no_call")
