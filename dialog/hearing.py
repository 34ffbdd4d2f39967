"""What words mean at a step: its own answer, others' that come along, an earlier one corrected."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time

from dialog.filling import also_of, asks_for, keep_ahead
from dialog.flow import Ask, Waiting
from dialog.flow_survey import DECLINED, SurveyQuestion
from dialog.listening import answer_of, expectation, has_examples, key_words, options_of
from dialog.slot_values import answer_value
from dialog.state import Ahead
from dialog.turn import Turn
from dialog.understanding import Found, command, readings
from dialog.understanding.declining import declines
from dialog.understanding.numbers import CHECKS
from dialog.understanding.revised import taken_back
from dialog.understanding.words import squeezed
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.speech import AnswerKind, Hypothesis, Transcript, Understood

MAX_BACK = 3
"""Answers back that "no, I meant ..." may change."""
LEAST_SURE = 0.2
"""What is like an option's examples, and less sure than this in all, is asked again."""
_NUMBERED = ("number ", "option ", "选项", "选")
SURE = 0.6
"""What is like an option's examples, and as sure as this, counts before another's phrase in it."""
_Guess = Callable[[Hypothesis, Found], Found]


def understood(
    turn: Turn, step: Waiting, transcript: Transcript, *, by_examples: bool = True
) -> tuple[Understood, ...]:
    """Every reading that makes sense here; a bare key name ("two") is its option.

    `by_examples`: words that are no option's phrase may still be like an option's examples.
    """
    if isinstance(step, SurveyQuestion) and declines(transcript.text, turn.language):
        return (Understood(DECLINED, transcript.confidence, transcript.text),)
    if options_of(step):
        bare = squeezed(transcript.text)
        for lead in _NUMBERED:
            bare = bare.removeprefix(lead)
        for option in options_of(step):
            if bare in key_words(option.key, turn.language):
                return (Understood(option.value, transcript.confidence, transcript.text),)
    guess = _like_examples(turn, step, transcript) if by_examples else None
    return _readings(turn, step, transcript, guess=guess)


def _like_examples(turn: Turn, step: Waiting, transcript: Transcript) -> _Guess | None:
    """What a text means by its likeness to examples; None: there are none, or it is a command.

    A phrase that is all that was said counts before. In a sentence, the surer of both does.
    """
    intents, language = turn.intents, turn.language
    if intents is None or not has_examples(step, language):
        return None
    if command(transcript.text, language, closed=True) is not None:
        return None
    known = {
        option.value for option in options_of(step) if option.examples.by_language.get(language)
    }

    def surest(hypothesis: Hypothesis, phrase: Found) -> Found:
        if phrase is not None and phrase[0] not in known:
            return phrase  # no example says what else its words could mean
        like = intents.classify(step.name, language, hypothesis.text)
        if like is None or like[1] * hypothesis.confidence < LEAST_SURE:
            return phrase
        if phrase is None:
            return like
        if phrase[0] == like[0]:
            return max(like, phrase)
        return like if like[1] >= min(phrase[1], SURE) else phrase

    return surest


def _readings(
    turn: Turn,
    step: Waiting,
    transcript: Transcript,
    *,
    explicit: bool = False,
    guess: _Guess | None = None,
) -> tuple[Understood, ...]:
    return readings(
        transcript,
        expectation(turn, step, explicit=explicit),
        today=today_of(turn),
        now=_now_of(turn),
        accept=acceptable(step),
        guess=guess,
    )


def acceptable(step: Waiting) -> Callable[[str], bool] | None:
    """The check that a number must pass here, if there is one."""
    if isinstance(step, SurveyQuestion) and step.answer is AnswerKind.NUMBER:
        return step.fits
    return CHECKS.get(step.check) if isinstance(step, Ask) else None


def today_of(turn: Turn) -> date | None:
    """The day that the call was answered."""
    try:
        return date.fromisoformat(turn.state.today)
    except ValueError:
        return None


def _now_of(turn: Turn) -> time | None:
    try:
        return time.fromisoformat(turn.state.now)
    except ValueError:
        return None


def take_along(turn: Turn, step: Waiting, transcript: Transcript) -> None:
    """Keep what the sentence says of slots that are asked for later ("because it is broken")."""
    for slot in also_of(step):
        ask = asks_for(turn.flow, slot)
        found = _readings(turn, ask, transcript, explicit=True) if ask else ()
        if found and ask:
            turn.note(
                EventKind.UNDERSTOOD,
                step=ask.name,
                value=found[0].value,
                confidence=round(found[0].confidence, 3),
                ahead=True,
            )
            keep_ahead(turn, slot, Ahead(found[0].value, found[0].confidence))


@dataclass(frozen=True, slots=True)
class Correction:
    """An earlier answer that the caller takes back.

    Attributes:
        ask: the step that it answered.
        reading: what is meant instead.
        path: steps answered before that one.
        since: those answered after it.
    """

    ask: Ask
    reading: Understood
    path: tuple[str, ...]
    since: tuple[str, ...]


def correction(turn: Turn, step: Waiting, transcript: Transcript) -> Correction | None:
    """Whether the words change an earlier answer instead of giving this one.

    "No, I meant Tuesday" does where Tuesday answers an earlier question and not this one, or
    this one was yes or no. A mere "no, Tuesday" changes only the answer just before.
    """
    back = taken_back(transcript.text)
    if back is None or not turn.state.path:
        return None
    rest, plainly = back
    said = Transcript((Hypothesis(rest, transcript.confidence),))
    if answer_of(step) is AnswerKind.FREE or (answer_of(step) is AnswerKind.YES_NO and not plainly):
        return None
    # "I meant four" at the next question of a survey: both take a number, and the words say which.
    if answer_of(step) is not AnswerKind.YES_NO and not (
        plainly and isinstance(step, SurveyQuestion)
    ):
        guess = None if plainly else _like_examples(turn, step, transcript)
        if _readings(turn, step, said, explicit=plainly, guess=guess):
            return None
    for count in range(1, (MAX_BACK if plainly else 1) + 1):
        path = turn.state.path
        if count > len(path):
            return None
        ask = turn.flow.steps.get(path[-count])
        if not isinstance(ask, Ask) or ask.answer in {AnswerKind.FREE, AnswerKind.YES_NO}:
            continue
        if ask.sensitive and not step.sensitive:
            continue  # here the words would stay
        found = _readings(turn, ask, said)
        if found and found[0].value != answer_value(ask, turn.state.variables.get(ask.slot)):
            since = path[len(path) - count + 1 :]
            return Correction(ask, found[0], path[: len(path) - count], since)
    return None
