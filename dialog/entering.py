"""Going from step to step until one waits for the caller, the CRM or a person."""

from collections.abc import Mapping
from typing import Any

from dialog import events
from dialog.filling import answered, fill, forget_ahead, needs_read_back, taken_ahead
from dialog.flow import (
    Answer,
    Ask,
    End,
    Handover,
    Lookup,
    Menu,
    Message,
    Queue,
    Say,
    Set,
    Step,
    Transfer,
    Waiting,
)
from dialog.flow_callback import Callback
from dialog.flow_outside import Act
from dialog.hearing import take_along
from dialog.knowledge_steps import known_words, look_for, suggestion
from dialog.listening import listen
from dialog.moods import raised
from dialog.outside import act_of, apologize
from dialog.passing import PASSING, passed
from dialog.read_back import read_back
from dialog.recording import record
from dialog.state import Guess, Interrupted, Line, Phase
from dialog.storing import put
from dialog.surveying import note_entered
from dialog.turn import Turn
from dialog.wishing import SAID, wish_at
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.speech import Hypothesis, Transcript

MAX_MOVES = 60
"""Steps without the caller having a say; more is a loop that the checks couldn't see."""


def enter(turn: Turn, name: str, *, after: tuple[Line, ...] = ()) -> None:
    """Go to a step, and on from it as far as it goes by itself.

    Args:
        turn: being worked on.
        name: of the step.
        after: what was said just before and belongs to it, for "repeat".
    """
    turn.change(said=after, heard=1.0)
    following: str | None = name
    while following is not None:
        if following not in turn.flow.steps or turn.state.moves >= MAX_MOVES:
            turn.note(EventKind.ERROR, step=following, error="no way on from here")
            turn.hang_up("error", turn.wording("error"))
            return
        turn.change(
            step=following,
            no_input=0,
            no_match=0,
            keys="",
            digits="",
            rejected=(),
            asked=(),
            candidate=None,
            guess=None,
            interrupted=_still_interrupted(turn, following),
            moves=turn.state.moves + 1,
        )
        turn.note(EventKind.STEP, step=following, flow=turn.flow.name)
        note_entered(turn, turn.step)
        following = _do(turn, turn.step)


def _still_interrupted(turn: Turn, name: str) -> tuple[Interrupted, ...]:
    """The questions that wait. Who goes on with the rest of the flow doesn't come back to them."""
    return turn.state.interrupted if name in turn.flow.anywhere.steps else ()


def _do(turn: Turn, step: Step) -> str | None:  # noqa: PLR0911  one case a kind of step
    """Do what a step does; the next step, or None when it waits."""
    if isinstance(step, Set):
        _set(turn, step)
        return step.then
    if isinstance(step, PASSING):
        return passed(turn, step)
    if isinstance(step, End):
        turn.hang_up(step.reason, turn.text(step.prompt))
        return None
    if isinstance(step, Lookup):
        turn.say(turn.text(step.prompt))
        return look_up(turn, step)
    if isinstance(step, Act):
        turn.say(turn.text(step.prompt))
        return act(turn, step)
    if isinstance(step, Message):
        turn.say(turn.text(step.prompt) or turn.wording("message_instructions"))
        record(turn, step)
        return None
    if isinstance(step, Waiting):
        return _ask(turn, step)
    turn.say(turn.text(step.prompt), keep=True)
    if isinstance(step, Handover):
        return hand_over(turn, step)
    return step.then if isinstance(step, Say) else ""


def _ask(turn: Turn, step: Waiting) -> str | None:
    """Ask the caller, unless the answer is there already."""
    if isinstance(step, Menu):
        forget_ahead(turn, step.also)  # another matter begins
        if (wished := _wished(turn, step)) is not None:
            return wished
    if isinstance(step, Ask) and step.slot in turn.state.ahead:
        return _known(turn, step)
    if isinstance(step, Answer):
        return _answer(turn, step)
    turn.say(turn.text(step.prompt), keep=True)
    listen(turn, step)
    return None


def _wished(turn: Turn, step: Menu) -> str | None:
    """Where the words lead that came with a no to the question before, if they are an option."""
    said = turn.state.wish
    if not said:
        return None
    transcript = Transcript((Hypothesis(said, 1.0),))
    wish = wish_at(turn, step, transcript)
    turn.change(wish="")
    option = next((one for one in step.options if wish and one.value == wish.value), None)
    if wish is None or option is None:
        return None
    turn.note(
        EventKind.UNDERSTOOD,
        step=step.name,
        value=wish.value,
        confidence=round(wish.confidence, 3),
        ahead=True,
    )
    turn.change(variables={**turn.state.variables, SAID: said})
    take_along(turn, step, transcript)
    answered(turn, step)
    return option.then


def _answer(turn: Turn, step: Answer) -> str | None:
    """Answer what was asked already, or ask what they would like to know."""
    if words := known_words(turn, step):
        turn.change(variables={**turn.state.variables, step.slot: words})
        look_for(turn, step, (words,))
        return None
    if not step.prompt.by_language:
        return step.unknown
    turn.say(turn.text(step.prompt), suggestion(turn, step), keep=True)
    listen(turn, step)
    return None


def _known(turn: Turn, step: Ask) -> str | None:
    """An answer that came along before: its question isn't asked, but it may be read back."""
    ahead = taken_ahead(turn, step.slot)
    if ahead is None:
        return None
    if not ahead.settled and needs_read_back(step, ahead.confidence):
        read_back(turn, step, ahead.value)
        return None
    return fill(turn, step, ahead.value)


def _set(turn: Turn, step: Set) -> None:
    for name, template in step.values.items():
        value = turn.value(template)
        if value is None:
            continue
        if name != "language":
            put(turn, name, value)
        elif value in turn.flow.languages and value in turn.languages:
            turn.change(language=value)
        else:
            turn.say(turn.wording("language_unavailable"))


def leave_wording(turn: Turn, step: Queue) -> str:
    """The wording that tells what the key to leave a queue is for."""
    following = turn.flow.steps.get(step.outcomes.get("left_queue", ""))
    return "queue_callback" if isinstance(following, Act | Callback) else "queue_leave"


def look_up(turn: Turn, step: Lookup, guess: Guess | None = None) -> str | None:
    """Ask the CRM; the `failed` step when the question can't even be put.

    Args:
        turn: being worked on.
        step: what is asked.
        guess: another reading of a slot to ask with, instead of the slot's value.
    """
    instead = {guess.slot: guess.value} if guess else {}
    by = {key: turn.value(template, instead) for key, template in step.by.items()}
    if not all(by.values()):
        turn.note(EventKind.LOOKUP, what=step.what, outcome="failed", reason="nothing to look up")
        apologize(turn, step.failed)
        return step.failed
    token = turn.state.token + 1
    turn.change(phase=Phase.LOOKING_UP, token=token, guess=guess)
    asked = {key: str(value) for key, value in by.items()}
    turn.actions.append(events.Lookup(token, step.what, asked, step.timeout_s))
    return None


def act(turn: Turn, step: Act) -> str | None:
    """Have something done; the `failed` step when there is nothing to do it with."""
    wanted = act_of(turn, step)
    if not wanted.given:
        turn.note(EventKind.ACT, what=step.what, outcome="failed", reason="nothing to do it with")
        apologize(turn, step.failed)
        return step.failed
    turn.change(phase=Phase.ACTING, token=wanted.token)
    turn.actions.append(wanted)
    return None


def hand_over(turn: Turn, step: Handover) -> str | None:
    """Give the call to somebody; the step to go to when that can't even be tried."""
    if isinstance(step, Transfer):
        target = turn.value(step.target)
        if not target:
            return step.outcomes.get("failed", step.then)
        headers: Mapping[str, Any] = {
            name: turn.value(template) for name, template in step.headers.items()
        }
        known = {name: value for name, value in headers.items() if value}
        turn.note(EventKind.TRANSFER, target=target, mode=step.mode)
        turn.change(phase=Phase.HANDED_OVER)
        turn.actions.append(events.Transfer(target, step.mode, step.timeout_s, known))
    elif isinstance(step, Queue):
        turn.change(phase=Phase.HANDED_OVER)
        turn.actions.append(
            events.Enqueue(
                queue=step.queue,
                skills=step.skills,
                priority=raised(turn, step.priority),
                whisper=turn.text(step.whisper),
                max_wait_s=step.max_wait_s,
                leave_key=step.leave_key,
                leave_wording=leave_wording(turn, step),
            )
        )
    return None
