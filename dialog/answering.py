"""The caller's answer to a step, by voice or by keys."""

from dialog.asides import aside_in, ask_aside, is_asked_aside, turn_aside
from dialog.changing_language import change_language, wished
from dialog.coming_back import ask_again, come_back
from dialog.entering import enter
from dialog.events import Heard
from dialog.filling import NEVER_ALONG, answered, fill, keep_ahead, needs_read_back
from dialog.flow import Ask, Menu, Waiting
from dialog.flow_survey import DECLINED, SurveyQuestion
from dialog.hearing import Correction, acceptable, correction, take_along, understood
from dialog.ladder import no_match
from dialog.listening import IN_PARTS, answer_of, expectation, listen, options_of
from dialog.offering import offer, reply
from dialog.read_back import read_back, spoken
from dialog.slot_values import answer_value
from dialog.state import Ahead, Line
from dialog.turn import Turn
from dialog.understanding import Command, command, is_backchannel, spoken_digits
from dialog.understanding.after_no import after_no
from dialog.understanding.phones import e164
from dialog.variables import defaults
from dialog.wishing import SAID
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.speech import AnswerKind, Transcript, Understood

EXACT = 0.9
"""Sureness of the words (not of the recognizer) from which an option counts before a command."""
UNHEARD = 0.15
"""Who had heard less of a question than this share did not answer it with "okay"."""
PATIENCE = 4.0
"""Who asks for a moment gets this many times the usual one."""
MAX_OTHERS = 3


def heard(turn: Turn, step: Waiting, event: Heard) -> None:
    """Words at a step that waits for an answer."""
    if _only_listening(turn, step, event):
        repeat(turn, step)
        return
    keep_words(turn, step, event.transcript.text)
    found = understood(turn, step, event.transcript)
    if _took_offer(turn, step, event.transcript, found):
        return
    asked = command_in(turn, event.transcript, free=answer_of(step) is AnswerKind.FREE)
    if asked is not None and not _names_option(step, found, event.transcript):
        obey(turn, step, asked)
        return
    wish = wished(turn, step, event.transcript)
    if wish is not None and not _names_option(step, found, event.transcript):
        change_language(turn, step, wish)
        return
    changed = correction(turn, step, event.transcript)
    if changed is not None:
        _change(turn, changed)
        return
    aside = aside_in(turn, step, event.transcript, found)
    if aside is not None:
        turn_aside(turn, step, aside)
        return
    take_along(turn, step, event.transcript)
    _keep_wish(turn, step, event.transcript, found)
    fresh = [reading for reading in found if reading.value not in turn.state.rejected]
    if fresh:
        best, *others = fresh
        accept(turn, step, best, [other.value for other in others])
    elif not found and is_asked_aside(turn, step, event.transcript):
        ask_aside(turn, step, event.transcript)
    elif isinstance(step, Ask) and step.answer in IN_PARTS and not found:
        _odd_number(turn, step, event.transcript)
    else:
        no_match(turn, step, turn.wording("try_again") if found else "")


def keep_words(turn: Turn, step: Waiting, words: str) -> None:
    """What was said at a menu, for steps that make more of it; nothing for keys."""
    if isinstance(step, Menu) and not step.sensitive:
        turn.change(variables={**turn.state.variables, SAID: words})


def _keep_wish(
    turn: Turn, step: Waiting, transcript: Transcript, found: tuple[Understood, ...]
) -> None:
    """What was said behind a no, for the menu that the no leads to."""
    if answer_of(step) is AnswerKind.YES_NO and not step.sensitive and found[:1]:
        turn.change(wish=after_no(transcript.text) if found[0].value == "no" else "")


def _only_listening(turn: Turn, step: Waiting, event: Heard) -> bool:
    """An "okay" over the start of a yes-or-no question shows attention, it is no answer."""
    return (
        event.over_prompt
        and event.prompt_heard < UNHEARD
        and answer_of(step) is AnswerKind.YES_NO
        and is_backchannel(event.transcript.text, turn.language)
    )


def answered_otherwise(turn: Turn, step: Waiting, transcript: Transcript) -> bool:
    """Whether the words were meant for us rather than for a step at which any words count."""
    if _took_offer(turn, step, transcript, ()):
        return True
    wish = wished(turn, step, transcript)
    if wish is not None:
        change_language(turn, step, wish)
        return True
    itself = Understood(transcript.text, transcript.confidence, transcript.text)
    aside = aside_in(turn, step, transcript, (itself,))
    if aside is not None:
        turn_aside(turn, step, aside)
    return aside is not None


def _took_offer(
    turn: Turn, step: Waiting, transcript: Transcript, found: tuple[Understood, ...]
) -> bool:
    """Whether the words were yes or no to the offer of a person."""
    said = reply(turn, transcript, found)
    if said:
        answer_offer(turn, step, said)
    return bool(said)


def answer_offer(turn: Turn, step: Waiting, said: str) -> None:
    """To a person on "yes"; on "no" the step's question again."""
    turn.note(EventKind.UNDERSTOOD, step=step.name, offer=said)
    if said == "yes":
        to_person(turn, step)
        return
    turn.say(turn.wording("go_on"))
    ask_again(turn, step)


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
        beginning = {**defaults(turn.flow.variables), **caller}
        turn.change(variables=beginning, path=(), others={}, ahead={})
        enter(turn, turn.flow.start_over or turn.flow.start)
    else:
        to_person(turn, step)


def repeat(turn: Turn, step: Waiting) -> None:
    """The last prompt again, all of it, however much of it was heard."""
    if turn.state.offering:
        offer(turn, step)
        return
    lines = turn.state.said or (Line(turn.text(step.prompt), turn.language),)
    for line in lines:
        turn.say_line(line)
    listen(turn, step)


def go_back(turn: Turn, step: Waiting) -> None:
    """To the step that the caller answered before this one; from an aside to its question."""
    waiting = turn.state.interrupted
    if waiting and len(turn.state.path) <= waiting[-1].answered:
        come_back(turn)
        return
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
    if isinstance(step, SurveyQuestion) and reading.value == DECLINED:
        turn.change(misses=0)
        enter(turn, step.declined)
        return
    others = others[:MAX_OTHERS]
    if needs_read_back(step, reading.confidence):
        read_back(turn, step, reading.value, tuple(others))
    else:
        take(turn, step, reading.value, tuple(others))


def take(turn: Turn, step: Waiting, value: str, others: tuple[str, ...] = ()) -> None:
    """The answer holds: fill the slot, go where it leads.

    Args:
        turn: being worked on.
        step: that was answered.
        value: the answer.
        others: further readings, for a lookup that doesn't find this one.
    """
    if isinstance(step, Ask):
        enter(turn, fill(turn, step, value, others))
        return
    answered(turn, step)
    chosen = (option.then for option in options_of(step) if option.value == value)
    enter(turn, next(chosen, ""))


def _change(turn: Turn, correction: Correction) -> None:
    """Put another answer in place of an earlier one, and go on from there.

    What was answered since then isn't asked again.
    """
    ask, reading = correction.ask, correction.reading
    for name in correction.since:
        step = turn.flow.steps.get(name)
        if isinstance(step, Ask) and step.answer not in NEVER_ALONG:
            value = answer_value(step, turn.state.variables.get(step.slot))
            keep_ahead(turn, step.slot, Ahead(value, 1.0, settled=True))
    turn.change(step=ask.name, path=correction.path, rejected=(), keys="", digits="", said=())
    if needs_read_back(ask, reading.confidence):
        accept(turn, ask, reading, [])
        return
    turn.say(turn.wording("changed", value=spoken(turn, ask, reading.value)))
    accept(turn, ask, reading, [])


def _odd_number(turn: Turn, step: Ask, transcript: Transcript) -> None:
    """Digits that make no number here: the rest may come, or they are too many."""
    expected = expectation(turn, step)
    said = spoken_digits(transcript.text, expected)
    whole = _whole(step, turn.state.digits + said) if turn.state.digits and said else ""
    if whole and whole not in turn.state.rejected:
        turn.change(digits="")
        read_back(turn, step, whole, ())
    elif step.answer is AnswerKind.PHONE:
        turn.change(digits=said)
        no_match(turn, step)
    else:
        odd_length(turn, step, said)


def _whole(step: Ask, digits: str) -> str:
    """The number that digits said in parts make, or nothing."""
    if step.answer is AnswerKind.PHONE:
        return e164(digits, step.country) or ""
    check = acceptable(step)
    fits = step.min_digits <= len(digits) <= step.max_digits
    return digits if fits and (check is None or check(digits)) else ""


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
