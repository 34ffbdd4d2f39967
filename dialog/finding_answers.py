"""Questions to the knowledge base: looked for, made sure of, answered, or not known.

The search itself takes a network some milliseconds, so it is done outside (`events.Search`) and
comes back as an event, as a lookup does.
"""

from collections.abc import Sequence

from dialog import answering
from dialog.entering import enter
from dialog.events import Event, Heard, Match, SearchDone, SearchFailed
from dialog.filling import answered
from dialog.flow import Answer, Confirm
from dialog.knowledge.model import named
from dialog.knowledge_steps import look_for
from dialog.ladder import gives_up, no_match
from dialog.listening import listen
from dialog.read_back import read_back
from dialog.turn import Turn
from dialog.understanding import Command, is_backchannel
from dialog.understanding.asking import is_nothing, is_question, mere_reply
from dialog.understanding.words import has_han, tokens
from voxdesk.kernel.call import EventKind
from voxdesk.kernel.speech import Transcript

MAX_READINGS = 3
"""Hypotheses that are looked for; beyond them recognizers only repeat."""
MAX_OFFERED = 2
"""Questions that a caller is asked about ("Did you mean …?") before we say that we don't know."""


def heard(turn: Turn, step: Answer, transcript: Transcript) -> None:
    """Words at a step that answers questions."""
    command = answering.command_in(turn, transcript, free=True)
    if command is not None:
        answering.obey(turn, step, command)
    elif not answering.answered_otherwise(turn, step, transcript):
        _asked(turn, step, transcript)


def _asked(turn: Turn, step: Answer, transcript: Transcript) -> None:
    said = mere_reply(transcript.text)
    if said == "no" and step.nothing:
        answered(turn, step)
        enter(turn, step.nothing)
        return
    if said or not transcript.text or is_backchannel(transcript.text, turn.language):
        no_match(turn, step)
        return
    readings = tuple(one.text for one in transcript.hypotheses[:MAX_READINGS] if one.text)
    variables = {**turn.state.variables, step.slot: transcript.text}
    turn.change(variables=variables, rejected=())
    look_for(turn, step, readings)


def asked_instead(turn: Turn, step: Answer, transcript: Transcript, said: str) -> bool:
    """Whether the words at "Did you mean …?" ask something else, or nothing; then that is done.

    `said`: the yes or no that may be in them, or empty.
    """
    text = transcript.text
    if step.nothing and is_nothing(text):
        answered(turn, step)
        turn.change(asked=(), rejected=(), candidate=None)
        enter(turn, step.nothing)
        return True
    several = len(tokens(text)) > 1 or has_han(text)
    if is_backchannel(text, turn.language) or mere_reply(text) or not several:
        return False
    if said and not is_question(text):
        return False
    _asked(turn, step, transcript)
    return True


def searched(turn: Turn, event: Event) -> None:
    """Something happened while a question is looked for. Answers to older searches are stale."""
    step = turn.step
    if not isinstance(step, Answer):
        return
    if isinstance(event, Heard):
        command = answering.command_in(turn, event.transcript, free=True)
        if command is Command.PERSON and turn.flow.person:
            turn.change(moves=0)
            enter(turn, turn.flow.person)
    elif isinstance(event, SearchDone) and event.token == turn.state.token:
        found = [[match.question, round(match.confidence, 6)] for match in event.matches]
        turn.note(EventKind.SEARCHED, step=step.name, found=found)
        _found(turn, step, event.matches)
    elif isinstance(event, SearchFailed) and event.token == turn.state.token:
        turn.note(EventKind.SEARCHED, step=step.name, outcome="failed", reason=event.reason)
        turn.change(candidate=None)
        enter(turn, step.unknown)


def _found(turn: Turn, step: Answer, matches: Sequence[Match]) -> None:
    fresh = [
        match
        for match in matches
        if match.question not in turn.state.rejected
        and named(turn.flow.knowledge, match.question) is not None
    ]
    if not fresh:
        unknown(turn, step)
        return
    best, others = fresh[0], tuple(match.question for match in fresh[1:])
    turn.note(
        EventKind.UNDERSTOOD,
        step=step.name,
        value=best.question,
        confidence=round(best.confidence, 3),
    )
    sure = best.confidence >= step.confirm_below
    if step.confirm is Confirm.NEVER or (sure and step.confirm is not Confirm.ALWAYS):
        tell(turn, step, best.question)
    else:
        _offer(turn, step, best.question, others)


def next_offer(turn: Turn, step: Answer, others: Sequence[str]) -> None:
    """They didn't mean what they were asked about: something else that is like it, or nothing."""
    if others:
        _offer(turn, step, others[0], tuple(others[1:]))
    else:
        unknown(turn, step)


def _offer(turn: Turn, step: Answer, reference: str, others: tuple[str, ...]) -> None:
    """Ask whether this is the question; when that was asked often enough, there is no answer."""
    before = turn.state.candidate
    if before is not None and before.rounds >= MAX_OFFERED:
        unknown(turn, step)
    else:
        read_back(turn, step, reference, others)


def tell(turn: Turn, step: Answer, reference: str) -> None:
    """This is the question: say its answer, and go on."""
    question = named(turn.flow.knowledge, reference)
    if question is None:  # the flow has changed under the call
        unknown(turn, step)
        return
    answered(turn, step)
    _note(turn, step, "answered", **({} if step.sensitive else {"question": reference}))
    turn.change(said=(), asked=(), rejected=(), candidate=None)
    turn.say(turn.text(question.answer), keep=True)
    enter(turn, step.then, after=turn.state.said)


def unclear(turn: Turn, step: Answer) -> None:
    """Nothing that came to "Did you mean …?" told: how to go on, and the question anew."""
    state = turn.state
    turn.change(asked=(), rejected=(), misses=state.misses + 1, no_match=state.no_match + 1)
    turn.note(EventKind.NO_MATCH, step=step.name, count=turn.state.no_match)
    lead = turn.wording("question_unclear")
    person = turn.wording("keys_person") if turn.flow.person else ""
    if not step.prompt.by_language:  # the words came from elsewhere: there is nothing to ask anew
        turn.say(lead)
        enter(turn, step.unknown)
    elif not gives_up(turn, step, "no_match"):
        again = step.again if step.again.by_language else step.prompt
        turn.say(lead, turn.text(again), person)
        listen(turn, step)


def unknown(turn: Turn, step: Answer) -> None:
    """There is no answer: staff are to see what was asked, unless the step is sensitive."""
    answered(turn, step)
    text = "" if step.sensitive else next(iter(turn.state.asked), "")
    _note(turn, step, "unknown", **({"text": text} if text else {}))
    turn.change(asked=(), rejected=(), candidate=None)
    enter(turn, step.unknown)


def _note(turn: Turn, step: Answer, outcome: str, **more: str) -> None:
    turn.note(
        EventKind.QUESTION,
        step=step.name,
        flow=turn.flow.name,
        knowledge=list(step.knowledge),
        language=turn.language,
        outcome=outcome,
        **more,
    )
