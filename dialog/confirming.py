"""What callers say when an answer is read back: yes, no, or the right answer at once."""

import dataclasses

from dialog import answering, finding_answers
from dialog.asides import aside_in, aside_keyed, ask_aside, is_asked_aside, turn_aside
from dialog.changing_language import change_language, wished
from dialog.entering import enter
from dialog.events import DigitsTimedOut, Event, Heard, NoInput, Pressed
from dialog.flow import Answer, Ask, Lookup, Menu, Waiting
from dialog.hearing import take_along, understood
from dialog.ladder import no_match
from dialog.listening import answer_of, listen_for_yes
from dialog.looking_up import guess_confirmed
from dialog.read_back import read_back
from dialog.state import Candidate
from dialog.turn import Turn
from dialog.understanding import Command, understand
from dialog.understanding.after_no import after_no
from dialog.wishing import asked_at, behind_no, wish_at
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
        _heard(turn, step, event.transcript)
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
    else:
        _not_understood(turn, step, candidate)


def _heard(turn: Turn, step: Waiting, transcript: Transcript) -> None:
    asked = answering.command_in(turn, transcript, free=False)
    if asked is not None:
        _obey(turn, step, asked)
        return
    wish = wished(turn, step, transcript)
    if wish is not None:
        change_language(turn, step, wish)
        return
    expected = Expectation(kind=AnswerKind.YES_NO, language=turn.language)
    found = understand(transcript, expected)
    _replied(turn, step, transcript, found.value if found else "")


def _replied(turn: Turn, step: Waiting, transcript: Transcript, said: str) -> None:
    """No command and no other language; `said`: the yes or no in the words, or empty."""
    candidate = turn.state.candidate
    assert candidate is not None  # noqa: S101  it is read back
    if isinstance(step, Answer) and finding_answers.asked_instead(turn, step, transcript, said):
        return
    values, fresh, rest = _instead(turn, step, candidate, transcript, said)
    if said != "no" and values[:1] == [candidate.value]:
        _yes(turn, step, candidate)  # who says the number again means yes
    elif said != "yes" and fresh and candidate.rounds < MAX_ROUNDS:
        turn.change(rejected=(*turn.state.rejected, candidate.value), guess=None)
        read_back(turn, step, fresh[0], tuple(fresh[1:]))
    elif said == "yes":
        _yes(turn, step, candidate)
    elif said == "no" or rest:
        if not _wishes(turn, step, behind_no(rest, transcript)):
            _no(turn, step, candidate)
    elif (aside := aside_in(turn, step, transcript)) is not None:
        turn_aside(turn, step, aside)
    elif is_asked_aside(turn, step, transcript):
        ask_aside(turn, step, transcript)
    else:
        _not_understood(turn, step, candidate)


def _instead(
    turn: Turn, step: Waiting, candidate: Candidate, transcript: Transcript, said: str
) -> tuple[list[str], list[str], str]:
    """What the words mean as the step's answer, what of it is new, and what stands behind a no.

    `said`: the yes or no in them, or empty.
    """
    asked = _can_be_corrected(step)
    found = understood(turn, step, transcript, by_examples=not said) if asked else ()
    values = [reading.value for reading in found]
    fresh = _fresh(turn, candidate, values)
    rest = after_no(transcript.text) if said != "yes" and not fresh else ""
    if rest and asked:
        behind = understood(turn, step, behind_no(rest, transcript))
        fresh = _fresh(turn, candidate, [reading.value for reading in behind])
    return values, fresh, rest


def _fresh(turn: Turn, candidate: Candidate, values: list[str]) -> list[str]:
    """Those that weren't read back yet."""
    rejected = turn.state.rejected
    return [value for value in values if value != candidate.value and value not in rejected]


def _wishes(turn: Turn, step: Waiting, said: Transcript) -> bool:
    """Whether the words are a wish of the menu that led here; then the call goes there.

    Words at a sensitive step aren't kept, and a menu keeps them.
    """
    menu = None if step.sensitive or not said.text else asked_at(turn, step)
    wish = wish_at(turn, menu, said) if menu is not None else None
    if menu is None or wish is None:
        return False
    path = turn.state.path
    before = len(path) - 1 - path[::-1].index(menu.name) if menu.name in path else 0
    turn.change(
        step=menu.name, path=path[:before], candidate=None, guess=None, rejected=(),
        keys="", digits="", asked=(), said=(),
    )  # fmt: skip
    answering.keep_words(turn, menu, said.text)
    take_along(turn, menu, said)
    answering.accept(turn, menu, wish, [])
    return True


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
        if isinstance(step, Answer):
            finding_answers.unclear(turn, step)
        else:
            no_match(turn, step)
        return
    turn.change(candidate=dataclasses.replace(candidate, misses=candidate.misses + 1))
    person = turn.wording("keys_person") if candidate.misses and turn.flow.person else ""
    turn.say(turn.wording("confirm_keys"), person)
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
