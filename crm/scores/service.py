"""Scoring a call: begun, saved as it grows, finished, opened again. The caller commits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from crm.scores import repository
from crm.scores.models import IfTaken, ScorecardVersion, Scoring, ScoringAnswer, State
from crm.scores.repository import Place
from crm.scores.scorecard import Scorecard, of_data
from crm.scores.scoring import Answer, Result, mistakes, score, share_of
from voxdesk.kernel.errors import ScoreConflict, ScoreRefused, ScoreTaken

LISTED: Final = 10


@dataclass(frozen=True, slots=True)
class Scored:
    """A scoring with everything about it.

    Attributes:
        card: the version that it began with.
        result: what its answers come to.
        places: by question, where in its flow the call was at the answer's moment.
    """

    scoring: Scoring
    version: ScorecardVersion
    card: Scorecard
    answers: Mapping[str, Answer]
    result: Result
    places: Mapping[str, Place]


def begin(
    session: Session,
    card: Scorecard,
    text: str,
    *,
    call_id: str,
    scorer: str,
    now: datetime,
    if_taken: IfTaken = IfTaken.REFUSE,
) -> Scored:
    """This person's scoring of a call, with the version of the scorecard that it began with.

    Begun once, it is found again, whatever the file says by then.

    Args:
        session: of the transaction.
        card: the scorecard as its file is now.
        text: of that file.
        call_id: of a call that is there.
        scorer: who judges.
        now: when.
        if_taken: whether to begin beside somebody else who isn't finished, or go on with theirs.

    Raises:
        ScoreTaken: somebody else has begun and isn't finished; says who, since when.
    """
    found = repository.scoring_by(session, call_id, card.name, scorer)
    if found is None and if_taken is not IfTaken.BESIDE:
        theirs = repository.draft_beside(session, call_id, card.name, scorer)
        if theirs is not None:
            return _taken_over(session, theirs, scorer, if_taken, now)
    if found is None:
        version = repository.version_of(session, card, text, now=now)
        try:
            with session.begin_nested():
                found = repository.draft_of(session, version, call_id, scorer, now=now)
        except IntegrityError:  # the other tab of the same person was quicker
            found = repository.scoring_by(session, call_id, card.name, scorer)
            if found is None:
                raise
    return whole(session, found)


def _taken_over(
    session: Session, theirs: Scoring, scorer: str, if_taken: IfTaken, now: datetime
) -> Scored:
    if if_taken is IfTaken.REFUSE:
        at = theirs.saved_at.isoformat(timespec="seconds")
        raise ScoreTaken(
            f"{theirs.scorer} is scoring this call by the same scorecard, and saved it last at "
            f"{at}. Score it beside them, each for yourself, or take theirs over and go on.",
            case="score_begun",
            owner=theirs.scorer,
            at=at,
        )
    theirs.scorer = scorer
    return _settled(session, theirs, now)


def whole(session: Session, scoring: Scoring, version: ScorecardVersion | None = None) -> Scored:
    """A scoring with its answers and its scorecard."""
    version = version or session.get_one(ScorecardVersion, scoring.version_id)
    rows = repository.answers_of(session, scoring.id)
    answers = {name: repository.as_answer(row) for name, row in rows.items()}
    card = of_data(version.data)
    return Scored(
        scoring=scoring,
        version=version,
        card=card,
        answers=answers,
        result=score(card, answers),
        places={name: Place(row.flow, row.step) for name, row in rows.items()},
    )


def save(
    session: Session,
    scoring_id: int,
    *,
    revision: int,
    answers: Mapping[str, Answer],
    comment: str,
    scorer: str,
    now: datetime,
) -> Scored:
    """Keep these answers instead of those before.

    Args:
        session: of the transaction.
        scoring_id: which scoring.
        revision: of the scoring as the scorer saw it.
        answers: all of them, by question.
        comment: on the whole call.
        scorer: who saves it.
        now: when.

    Raises:
        ScoreConflict: it was changed since; says what is different.
        ScoreTaken: it is another person's.
        ScoreRefused: it is finished, or an answer can't be one.
    """
    scored = _own(session, scoring_id, scorer)
    if wrong := mistakes(scored.card, answers):
        raise ScoreRefused("\n".join(wrong[:LISTED]))
    given = {name: answer for name, answer in answers.items() if answer != Answer()}
    if scored.scoring.revision != revision:
        if given == scored.answers and comment == scored.scoring.comment:
            return scored  # an answer that got lost on the way, asked for again
        raise ScoreConflict(_changed(scored, given, comment), case="score_elsewhere")
    if scored.scoring.state == State.DONE:
        raise ScoreRefused(
            "This scoring is finished; open it again to change it.", case="score_done"
        )
    _put(session, scored, given)
    scored.scoring.comment = comment
    return _settled(session, scored.scoring, now)


def finish(
    session: Session, scoring_id: int, *, revision: int, scorer: str, now: datetime
) -> Scored:
    """From now on it counts in results.

    Raises:
        ScoreConflict: it was changed since.
        ScoreTaken: it is another person's.
        ScoreRefused: a question has no answer; says which.
    """
    scored = _own(session, scoring_id, scorer)
    if scored.scoring.state == State.DONE:
        return scored
    _demand(scored, revision)
    if missing := scored.result.missing:
        shown = ", ".join(missing[:LISTED]) + (", …" if len(missing) > LISTED else "")
        raise ScoreRefused(
            f"Without an answer yet: {shown}. Answer them, or say not applicable.",
            case="score_missing",
            questions=shown,
        )
    if scored.result.total is None:
        raise ScoreRefused(
            "Nothing that counts applies to this call, so there is no score.",
            case="score_nothing_counts",
        )
    scored.scoring.state = State.DONE.value
    scored.scoring.done_at = now
    return _settled(session, scored.scoring, now)


def reopen(
    session: Session, scoring_id: int, *, revision: int, scorer: str, now: datetime
) -> Scored:
    """It can be changed again, with its own version of the scorecard, and counts no more.

    Raises:
        ScoreConflict: it was changed since.
        ScoreTaken: it is another person's.
    """
    scored = _own(session, scoring_id, scorer)
    if scored.scoring.state == State.DRAFT:
        return scored
    _demand(scored, revision)
    scored.scoring.state = State.DRAFT.value
    scored.scoring.done_at = None
    return _settled(session, scored.scoring, now)


def renew(
    session: Session,
    scoring_id: int,
    card: Scorecard,
    text: str,
    *,
    revision: int,
    scorer: str,
    now: datetime,
) -> Scored:
    """Go over to the scorecard as it is now; answers stay where they still can be answers.

    Raises:
        ScoreConflict: it was changed since.
        ScoreTaken: it is another person's.
        ScoreRefused: it is finished.
    """
    scored = _own(session, scoring_id, scorer)
    _demand(scored, revision)
    if scored.scoring.state == State.DONE:
        raise ScoreRefused(
            "This scoring is finished; open it again to change it.", case="score_done"
        )
    version = repository.version_of(session, card, text, now=now)
    kept = {
        name: answer
        for name, answer in scored.answers.items()
        if not mistakes(card, {name: answer}) and _alike(scored.card, card, name)
    }
    scored.scoring.version_id = version.id
    session.flush()
    _put(session, whole(session, scored.scoring, version), kept)
    return _settled(session, scored.scoring, now)


def discard(session: Session, scoring_id: int, *, revision: int, scorer: str) -> None:
    """Throw a draft away.

    Raises:
        ScoreConflict: it was changed since.
        ScoreTaken: it is another person's.
        ScoreRefused: it is finished.
    """
    scored = _own(session, scoring_id, scorer)
    _demand(scored, revision)
    if scored.scoring.state == State.DONE:
        raise ScoreRefused(
            "This scoring is finished; open it again before it is thrown away.", case="score_done"
        )
    session.delete(scored.scoring)


def _alike(old: Scorecard, new: Scorecard, name: str) -> bool:
    """Whether an answer to a question means the same in both."""
    before, after = old.question(name), new.question(name)
    if before is None or after is None:
        return False
    return (before.scale, before.points, before.good) == (after.scale, after.points, after.good)


def _own(session: Session, scoring_id: int, scorer: str) -> Scored:
    """A scoring of this person's, locked.

    Raises:
        ScoreTaken: it is another person's.
        ScoreRefused: it is gone.
    """
    scoring = repository.locked(session, scoring_id)
    if scoring is None:
        raise ScoreRefused(
            "This scoring is gone: it was thrown away, or its call was erased.", case="score_gone"
        )
    if scoring.scorer != scorer:
        raise ScoreTaken(
            f"This scoring is {scoring.scorer}'s, who began it or took it over. Nothing of yours "
            "was saved in it; go on with a scoring of your own of the same call.",
            case="score_of_another",
            owner=scoring.scorer,
        )
    return whole(session, scoring)


def _demand(scored: Scored, revision: int) -> None:
    if scored.scoring.revision != revision:
        raise ScoreConflict(
            "This scoring was changed elsewhere, in another window perhaps; look at it again.",
            case="score_elsewhere",
        )


def _changed(scored: Scored, given: Mapping[str, Answer], comment: str) -> str:
    """What is different between what was sent and what is there, in words."""
    names = [question.name for question in scored.card.questions()]
    different = [name for name in names if scored.answers.get(name) != given.get(name)]
    lines = [
        f'"{name}" is {_shown(scored.answers.get(name))} there, and {_shown(given.get(name))} here'
        for name in different[:LISTED]
    ]
    if comment != scored.scoring.comment:
        lines.append("the comment on the call is another one")
    if len(different) > LISTED:
        lines.append(f"and {len(different) - LISTED} more")
    at = scored.scoring.saved_at.isoformat(timespec="seconds")
    return (
        f"This scoring was saved elsewhere at {at}, in another window perhaps: "
        f"{'; '.join(lines) or 'it was finished or opened again'}. Nothing of yours was saved."
    )


def _shown(answer: Answer | None) -> str:
    if answer is None or not answer.is_given:
        return "not answered"
    if answer.not_applicable:
        return "not applicable"
    # Two answers that differ in their words or moment only must not look the same.
    more = [
        text
        for text in (
            "with a comment" if answer.comment else "",
            f"at {answer.moment_ms} ms" if answer.moment_ms is not None else "",
        )
        if text
    ]
    return " ".join([f"{answer.value:g}", *more])


def _put(session: Session, scored: Scored, answers: Mapping[str, Answer]) -> None:
    """Answers instead of those that are there."""
    moments = [each.moment_ms for each in answers.values() if each.moment_ms is not None]
    places = repository.places_at(session, scored.scoring.call_id, moments)
    session.execute(delete(ScoringAnswer).filter_by(scoring_id=scored.scoring.id))
    session.add_all(_rows(scored, answers, places))
    session.flush()


def _rows(
    scored: Scored, answers: Mapping[str, Answer], places: Mapping[int, Place]
) -> Iterable[ScoringAnswer]:
    for section in scored.card.sections:
        for question in section.questions:
            answer = answers.get(question.name)
            if answer is None:
                continue
            place = Place()
            if answer.moment_ms is not None:
                place = places.get(answer.moment_ms, place)
            yield ScoringAnswer(
                scoring_id=scored.scoring.id,
                question=question.name,
                section=section.name,
                value=answer.value,
                not_applicable=answer.not_applicable,
                share=share_of(question, answer),
                comment=answer.comment,
                moment_ms=answer.moment_ms,
                flow=place.flow,
                step=place.step,
            )


def _settled(session: Session, scoring: Scoring, now: datetime) -> Scored:
    """The same after a change, with its new total and revision."""
    session.flush()
    scored = whole(session, scoring)
    scoring.total = scored.result.total
    scoring.failed = bool(scored.result.fatal)
    scoring.passed = scored.result.passed
    scoring.revision += 1
    scoring.saved_at = now
    session.flush()
    return scored


def call_scorings(session: Session, call_id: str) -> Sequence[Scored]:
    """Everything that was said about a call, the oldest first."""
    return [
        whole(session, scoring, version)
        for scoring, version in repository.scorings_of(session, call_id)
    ]
