"""The caller's answer to a step, by voice or by keys."""

from collections.abc import Callable
from datetime import date
from functools import partial

from dialog.entering import enter
from dialog.events import Heard
from dialog.flow import Ask, Confirm, Menu, Waiting
from dialog.ladder import no_match
from dialog.listening import (
    NUMBERS,
    answer_of,
    expectation,
    key_words,
    listen,
    options_of,
)
from dialog.read_back import read_back
from dialog.state import Line
from dialog.turn import Turn
from dialog.understanding import Command, command, is_backchannel, readings, spoken_digits
from dialog.understanding.numbers import CHECKS
from dialog.understanding.words import squeezed
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.speech import AnswerKind, Transcript, Understood

EXACT = 0.9
"""Sureness of the words (not of the recognizer) from which an option counts before a command."""
UNHEARD = 0.15
"""Who had heard less of a question than this share did not answer it with "okay"."""
PATIENCE = 4.0
"""Who asks for a moment gets this many times the usual one."""
MAX_OTHERS = 3
MAX_PATH = 50


def heard(turn: Turn, step: Waiting, event: Heard) -> None:
    """Words at a step that waits for an answer."""
    if _only_listening(turn, step, event):
        repeat(turn, step)
        return
    found = understood(turn, step, event.transcript)
    asked = command_in(turn, event.transcript, free=answer_of(step) is AnswerKind.FREE)
    if asked is not None and not _names_option(step, found, event.transcript):
        obey(turn, step, asked)
        return
    fresh = [reading for reading in found if reading.value not in turn.state.rejected]
    if fresh:
        best, *others = fresh
        accept(turn, step, best, [other.value for other in others])
    elif isinstance(step, Ask) and step.answer in NUMBERS and not found:
        _odd_number(turn, step, event.transcript)
    else:
        no_match(turn, step, turn.wording("try_again") if found else "")


def understood(
    turn: Turn, step: Waiting, transcript: Transcript, *, by_examples: bool = True
) -> tuple[Understood, ...]:
    """Every reading that makes sense here; a bare key name ("two") is its option.

    `by_examples`: words that are no option's phrase may still be like an option's examples.
    """
    if options_of(step):
        bare = squeezed(transcript.text)
        for option in options_of(step):
            if bare in key_words(option.key, turn.language):
                return (Understood(option.value, transcript.confidence, transcript.text),)
    return readings(
        transcript,
        expectation(turn, step),
        today=today_of(turn),
        accept=acceptable(step),
        otherwise=_like_examples(turn, step, transcript) if by_examples else None,
    )


def _like_examples(
    turn: Turn, step: Waiting, transcript: Transcript
) -> Callable[[str], tuple[str, float] | None] | None:
    """Which option's examples a text is like; None where there are none, or a command was said."""
    if turn.intents is None or not options_of(step):
        return None
    if command_in(turn, transcript, free=False) is not None:
        return None
    return partial(turn.intents.classify, step.name, turn.language)


def acceptable(step: Waiting) -> Callable[[str], bool] | None:
    """The check that a number must pass here, if there is one."""
    return CHECKS.get(step.check) if isinstance(step, Ask) else None


def today_of(turn: Turn) -> date | None:
    """The day that the call was answered."""
    try:
        return date.fromisoformat(turn.state.today)
    except ValueError:
        return None


def _only_listening(turn: Turn, step: Waiting, event: Heard) -> bool:
    """An "okay" over the start of a yes-or-no question shows attention, it is no answer."""
    return (
        event.over_prompt
        and event.prompt_heard < UNHEARD
        and answer_of(step) is AnswerKind.YES_NO
        and is_backchannel(event.transcript.text, turn.language)
    )


def _names_option(step: Waiting, found: tuple[Understood, ...], transcript: Transcript) -> bool:
    """Whether the words are an option of this step rather than a command."""
    if not options_of(step) or not found or found[0].hypothesis:
        return False
    return found[0].confidence >= EXACT * transcript.confidence


def command_in(turn: Turn, transcript: Transcript, *, free: bool) -> Command | None:
    """The global command that the best hypothesis is, if it is one."""
    return command(transcript.text, turn.language, closed=not free)


def obey(turn: Turn, step: Waiting, asked: Command) -> None:
    """A global command at a step that waits."""
    turn.note(EventKind.UNDERSTOOD, step=step.name, command=str(asked))
    if asked is Command.REPEAT:
        repeat(turn, step)
    elif asked is Command.BACK:
        go_back(turn, step)
    elif asked is Command.WAIT:
        turn.say(turn.wording("take_your_time"))
        listen(turn, step, patience=PATIENCE)
    elif asked is Command.START_OVER:
        caller = {key: turn.state.variables.get(key) for key in ("caller", "callee")}
        turn.change(variables=caller, path=(), others={})
        enter(turn, turn.flow.start_over or turn.flow.start)
    else:
        to_person(turn, step)


def repeat(turn: Turn, step: Waiting) -> None:
    """The last prompt again, all of it, however much of it was heard."""
    lines = turn.state.said or (Line(turn.text(step.prompt), turn.language),)
    for line in lines:
        turn.say_line(line)
    listen(turn, step)


def go_back(turn: Turn, step: Waiting) -> None:
    """To the step that the caller answered before this one."""
    if not turn.state.path:
        turn.say(turn.wording("first_step"), turn.text(step.prompt))
        listen(turn, step)
        return
    *path, last = turn.state.path
    turn.change(path=tuple(path))
    enter(turn, last)


def to_person(turn: Turn, step: Waiting) -> None:
    """To the flow's person, or why not."""
    if turn.flow.person:
        enter(turn, turn.flow.person)
        return
    turn.say(turn.wording("no_person"), turn.text(step.prompt))
    listen(turn, step)


def accept(turn: Turn, step: Waiting, reading: Understood, others: list[str]) -> None:
    """An answer: read back where that is due, else taken."""
    turn.note(
        EventKind.UNDERSTOOD,
        step=step.name,
        value=reading.value,
        confidence=round(reading.confidence, 3),
        hypothesis=reading.hypothesis,
    )
    others = others[:MAX_OTHERS]
    if _needs_read_back(step, reading):
        read_back(turn, step, reading.value, tuple(others))
    else:
        take(turn, step, reading.value, tuple(others))


def _needs_read_back(step: Waiting, reading: Understood) -> bool:
    if not isinstance(step, Ask | Menu) or step.confirm is Confirm.NEVER:
        return False
    if step.confirm is Confirm.ALWAYS:
        return True
    # To ask "did you say yes?" costs more than it saves.
    closed = isinstance(step, Ask) and step.answer is AnswerKind.YES_NO
    return not closed and reading.confidence < step.confirm_below


def take(turn: Turn, step: Waiting, value: str, others: tuple[str, ...] = ()) -> None:
    """The answer holds: fill the slot, go where it leads.

    Args:
        turn: being worked on.
        step: that was answered.
        value: the answer.
        others: further readings, for a lookup that doesn't find this one.
    """
    turn.change(path=(*turn.state.path, step.name)[-MAX_PATH:], misses=0)
    if isinstance(step, Ask):
        turn.note(EventKind.SLOT, slot=step.slot, value=value)
        turn.change(
            variables={**turn.state.variables, step.slot: value},
            others={**turn.state.others, step.slot: others},
        )
        branch = {"yes": step.yes, "no": step.no}.get(value, "")
        own = branch if step.answer is AnswerKind.YES_NO else ""
        enter(turn, own or step.then)
        return
    chosen = (option.then for option in options_of(step) if option.value == value)
    enter(turn, next(chosen, ""))


def _odd_number(turn: Turn, step: Ask, transcript: Transcript) -> None:
    """Digits that make no number here: the rest may come, or they are too many."""
    expected = expectation(turn, step)
    said = spoken_digits(transcript.text, expected)
    joined = turn.state.digits + said
    check = acceptable(step)
    if (
        turn.state.digits
        and said
        and step.min_digits <= len(joined) <= step.max_digits
        and (check is None or check(joined))
        and joined not in turn.state.rejected
    ):
        turn.change(digits="")
        read_back(turn, step, joined, ())
        return
    odd_length(turn, step, said)


def odd_length(turn: Turn, step: Ask, digits: str) -> None:
    """Say what is wrong with a number's length, or that it wasn't understood."""
    count, shortest, longest = len(digits), step.min_digits, step.max_digits
    if count > longest:
        lead = turn.wording("too_many_digits", count=count, shortest=shortest, longest=longest)
        no_match(turn, step, lead)
    elif 0 < count < shortest:
        lead = turn.wording("too_few_digits", count=count, shortest=shortest, longest=longest)
        turn.change(digits=digits)
        no_match(turn, step, lead)
    else:
        turn.change(digits="")
        no_match(turn, step)
