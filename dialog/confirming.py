"""What callers say when an answer is read back: yes, no, or the right answer at once."""

import dataclasses

from dialog import answering, finding_answers
from dialog.asides import aside_in, aside_keyed, ask_aside, is_asked_aside, turn_aside
from dialog.changing_language import change_language, wished
from dialog.entering import enter
from dialog.events import DigitsTimedOut, Event, Heard, NoInput, Pressed
from dialog.flow import Answer, Ask, Lookup, Menu, Waiting
from dialog.hearing import understood
from dialog.ladder import no_match
from dialog.listening import answer_of, listen_for_yes
from dialog.looking_up import guess_confirmed
from dialog.read_back import read_back
from dialog.state import Candidate
from dialog.turn import Turn
from dialog.understanding import Command, understand
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.speech import AnswerKind, Expectation, Transcript

MAX_ROUNDS = 3
"""Answers read back at one step, after which the step asks anew."""
MAX_UNCLEAR = 2
"""Replies that are neither yes nor no, after which the step asks anew."""


def confirm(turn: Turn, event: Event) -> None:
    """Something happened while an answer is read back."""
    step, candidate = turn.step, turn.state.candidate
    if not isinstance(step, Waiting) or candidate is None:
        return
    if isinstance(event, Heard):
        turn.change(moves=0, heard=event.prompt_heard if event.over_prompt else 1.0)
        _heard(turn, step, candidate, event.transcript)
    elif isinstance(event, Pressed):
        turn.change(moves=0)
        _pressed(turn, step, candidate, event.digit)
    elif isinstance(event, NoInput | DigitsTimedOut):
        turn.change(misses=turn.state.misses + 1)
        turn.note(EventKind.NO_INPUT, step=step.name, count=candidate.misses + 1)
        _unclear(turn, step, candidate)


def _pressed(turn: Turn, step: Waiting, candidate: Candidate, digit: str) -> None:
    if digit == "1":
        _yes(turn, step, candidate)
    elif digit == "2":
        _no(turn, step, candidate)
    elif digit == "0":
        answering.to_person(turn, step)
    elif digit == "*":
        ask_again(turn, step)
    elif (aside := aside_keyed(turn, digit)) is not None:
        turn_aside(turn, step, aside)
    elif digit != "#":  # which ends a number, and comes after its time
        _not_understood(turn, step, candidate)


def _heard(turn: Turn, step: Waiting, candidate: Candidate, transcript: Transcript) -> None:
    asked = answering.command_in(turn, transcript, free=False)
    if asked is not None:
        _obey(turn, step, asked)
        return
    wish = wished(turn, step, transcript)
    if wish is not None:
        change_language(turn, step, wish)
        return
    language = turn.language
    found = understand(transcript, Expectation(kind=AnswerKind.YES_NO, language=language))
    said = found.value if found else ""
    if isinstance(step, Answer) and finding_answers.asked_instead(turn, step, transcript, said):
        return
    corrected = (
        understood(turn, step, transcript, by_examples=not said) if _can_be_corrected(step) else ()
    )
    values = [reading.value for reading in corrected]
    fresh = [
        value for value in values if value != candidate.value and value not in turn.state.rejected
    ]
    if said != "no" and values[:1] == [candidate.value]:
        _yes(turn, step, candidate)  # who says the number again means yes
    elif said != "yes" and fresh and candidate.rounds < MAX_ROUNDS:
        turn.change(rejected=(*turn.state.rejected, candidate.value), guess=None)
        read_back(turn, step, fresh[0], tuple(fresh[1:]))
    elif said == "yes":
        _yes(turn, step, candidate)
    elif said == "no":
        _no(turn, step, candidate)
    elif (aside := aside_in(turn, step, transcript)) is not None:
        turn_aside(turn, step, aside)
    elif is_asked_aside(turn, step, transcript):
        ask_aside(turn, step, transcript)
    else:
        _not_understood(turn, step, candidate)


def _not_understood(turn: Turn, step: Waiting, candidate: Candidate) -> None:
    turn.change(misses=turn.state.misses + 1)
    turn.note(EventKind.NO_MATCH, step=step.name, count=candidate.misses + 1)
    _unclear(turn, step, candidate)


def _obey(turn: Turn, step: Waiting, asked: Command) -> None:
    if asked is Command.REPEAT:
        ask_again(turn, step)
    elif asked is Command.BACK:
        enter(turn, step.name)
    elif asked is Command.WAIT:
        turn.say(turn.wording("take_your_time"))
        listen_for_yes(turn, step)
    else:
        answering.obey(turn, step, asked)


def _can_be_corrected(step: Waiting) -> bool:
    """Whether the right answer may come in place of yes or no ("no, 4 7 1 2")."""
    return isinstance(step, Ask | Menu) and answer_of(step) not in {
        AnswerKind.FREE,
        AnswerKind.YES_NO,
    }


def ask_again(turn: Turn, step: Waiting) -> None:
    """The question that was read back, all of it."""
    for line in turn.state.said:
        turn.say_line(line)
    listen_for_yes(turn, step)


def _unclear(turn: Turn, step: Waiting, candidate: Candidate) -> None:
    """Neither yes nor no: say how to answer; at last ask the step's own question anew."""
    if candidate.misses >= MAX_UNCLEAR:
        turn.change(candidate=None, guess=None)
        no_match(turn, step)
        return
    turn.change(candidate=dataclasses.replace(candidate, misses=candidate.misses + 1))
    turn.say(turn.wording("confirm_keys"))
    listen_for_yes(turn, step)


def _yes(turn: Turn, step: Waiting, candidate: Candidate) -> None:
    if candidate.record is not None and turn.state.guess is not None:
        guess_confirmed(turn, candidate.record)
    elif isinstance(step, Answer):
        finding_answers.tell(turn, step, candidate.value)
    else:
        answering.take(turn, step, candidate.value)


def _no(turn: Turn, step: Waiting, candidate: Candidate) -> None:
    """Offer the next reading, else ask again."""
    guess = turn.state.guess
    lookup = turn.flow.steps.get(guess.lookup) if guess else None
    if candidate.record is not None and isinstance(lookup, Lookup):
        enter(turn, lookup.missing)
        return
    turn.change(rejected=(*turn.state.rejected, candidate.value))
    others = [value for value in candidate.others if value not in turn.state.rejected]
    if isinstance(step, Answer):
        finding_answers.next_offer(turn, step, others)
        return
    if others and candidate.rounds < MAX_ROUNDS:
        read_back(turn, step, others[0], tuple(others[1:]))
        return
    turn.change(candidate=None)
    no_match(turn, step, turn.wording("try_again"))
