"""What callers may ask at any step that waits: a side branch, and back to the question."""

from dialog.coming_back import ask_again
from dialog.entering import enter
from dialog.flow import Waiting
from dialog.flow_anywhere import ANSWER, ASIDES, QUESTION
from dialog.flow_texts import Option
from dialog.listening import (
    IN_PARTS,
    answer_of,
    aside_choices,
    asides_by_example,
    expectation,
)
from dialog.state import Interrupted, Phase
from dialog.turn import Turn
from dialog.understanding import spoken_digits
from dialog.understanding.asking import is_question
from dialog.understanding.choices import choose, spoken_at
from dialog.understanding.words import has_han, tokens
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.speech import AnswerKind, Transcript, Understood

MAX_DEPTH = 3
"""Questions that wait at once; deeper, nobody remembers the first one."""
WHOLE, NAMED = 1.0, 0.95
"""Sureness of words that are a phrase and nothing else, and of a phrase inside of a sentence."""
EXACT = 0.9
"""Sureness of an answer from which it counts before anything that is asked aside."""
LEAST_SURE = 0.4
"""Below this, the recognizer's confidence included, nothing is interrupted."""
SURE_ENOUGH = 0.5
"""The same where words are only like examples."""
A_FEW_WORDS, A_FEW_ZH = 6, 10
"""In longer sentences only phrases count that are said word for word."""
MAX_READINGS = 3
WHEN_UPSET = "when_upset"
"""What the side branch for an upset caller counts as having been asked by."""


def aside_in(
    turn: Turn, step: Waiting, transcript: Transcript, found: tuple[Understood, ...] = ()
) -> Option | None:
    """What the words ask instead of answering, or None.

    An answer to the step's own question counts first, unless it is only like one and the words of
    an aside were said, or the recognizer's best guess is an aside and only another an answer.

    Args:
        turn: being worked on.
        step: that waits.
        transcript: what was said.
        found: what the words mean as its answer.
    """
    options = turn.flow.anywhere.options
    for rank, hypothesis in enumerate(transcript.hypotheses[:MAX_READINGS] if options else ()):
        said = _said(turn, step, hypothesis.text)
        if said is None:
            continue
        option, sure = said
        if sure * hypothesis.confidence < LEAST_SURE or _is_answered(
            step, found, rank, sure, transcript
        ):
            return None
        return option
    return None if found else _like_examples(turn, step, transcript)


def _like_examples(turn: Turn, step: Waiting, transcript: Transcript) -> Option | None:
    """What the words are like, of what may be asked, where they are nothing else."""
    if turn.intents is None or answer_of(step) is AnswerKind.FREE or not asides_by_example(turn):
        return None
    options = {option.value: option for option in turn.flow.anywhere.options}
    for hypothesis in transcript.hypotheses[:MAX_READINGS]:
        found = turn.intents.classify(ASIDES, turn.language, hypothesis.text)
        if found and found[0] in options and found[1] * hypothesis.confidence >= SURE_ENOUGH:
            return None if _is_a_number(turn, step, hypothesis.text) else options[found[0]]
    return None


def _is_a_number(turn: Turn, step: Waiting, text: str) -> bool:
    """Whether the words are rather a number, misheard, where one is waited for."""
    expected = answer_of(step) in IN_PARTS
    return expected and len(spoken_digits(text, expectation(turn, step))) > 1


def _said(turn: Turn, step: Waiting, text: str) -> tuple[Option, float] | None:
    """The option that the words name, and how surely."""
    choices = aside_choices(turn)
    chosen = choose(text, choices)
    named = spoken_at(text, choices)
    if chosen is None:
        return None
    place = next(at for at, choice in enumerate(choices) if choice.value == chosen[0])
    sure = chosen[1]
    if sure < WHOLE:
        few = len(text) <= A_FEW_ZH if has_han(text) else len(tokens(text)) <= A_FEW_WORDS
        if place in named:
            sure = NAMED
        elif few:
            sure = min(sure, 0.6)
        else:
            return None
        if _is_a_number(turn, step, text):
            return None
    return turn.flow.anywhere.options[place], sure


def _is_answered(
    step: Waiting,
    found: tuple[Understood, ...],
    rank: int,
    sure: float,
    transcript: Transcript,
) -> bool:
    """Whether the words rather answer the step's own question."""
    if not found:
        return False
    if answer_of(step) is AnswerKind.FREE:
        return sure < WHOLE  # any words would be an answer
    best = found[0]
    if best.hypothesis > rank:
        return False
    heard = transcript.hypotheses[best.hypothesis].confidence
    return best.confidence >= min(sure, EXACT) * heard


def is_asked_aside(turn: Turn, step: Waiting, transcript: Transcript) -> bool:
    """Whether the words ask something that the flow's knowledge may answer.

    For words that mean nothing at a step. The last tries at it are kept for its own question.
    """
    return (
        turn.flow.anywhere.answers
        and not step.sensitive
        and answer_of(step) is not AnswerKind.FREE
        and turn.state.no_input + turn.state.no_match < step.attempts - 1
        and len(turn.state.interrupted) < MAX_DEPTH
        and is_question(transcript.text)
        and not _is_a_number(turn, step, transcript.text)
    )


def ask_aside(turn: Turn, step: Waiting, transcript: Transcript) -> None:
    """Look for an answer; the step's question waits."""
    turn.change(variables={**turn.state.variables, QUESTION: transcript.text})
    interrupt(turn, step, "answers", ANSWER)


def aside_keyed(turn: Turn, digit: str) -> Option | None:
    """What a key asks that means nothing else at its step."""
    options = turn.flow.anywhere.options
    return next((option for option in options if option.key and option.key == digit), None)


def turn_aside(turn: Turn, step: Waiting, option: Option) -> None:
    """Go where the option leads; the step's question waits, unless too many wait already."""
    waiting = turn.state.interrupted
    if len(waiting) < MAX_DEPTH or waiting[-1].by == option.value:
        interrupt(turn, step, option.value, option.then)
        return
    turn.say(turn.wording("one_at_a_time"))
    ask_again(turn, step)


def interrupt(turn: Turn, step: Waiting, by: str, then: str) -> None:
    """Leave a step's question for a side branch.

    Args:
        turn: being worked on.
        step: whose question waits.
        by: name of what is asked instead; asked again inside of itself, it begins anew.
        then: first step of the side branch.
    """
    turn.note(EventKind.UNDERSTOOD, step=step.name, aside=by)
    waiting = turn.state.interrupted
    if not (waiting and waiting[-1].by == by):
        turn.change(interrupted=(*waiting, _frame(turn, step, by)))
    turn.change(misses=0)
    enter(turn, then)


def _frame(turn: Turn, step: Waiting, by: str) -> Interrupted:
    state = turn.state
    confirming = state.phase is Phase.CONFIRMING
    return Interrupted(
        by=by,
        step=step.name,
        phase=state.phase,
        language=state.language,
        answered=len(state.path),
        no_input=state.no_input,
        no_match=state.no_match,
        digits=state.digits,
        rejected=state.rejected,
        candidate=state.candidate if confirming else None,
        guess=state.guess if confirming else None,
        said=state.said if confirming else (),
    )
