"""Offering a person to a caller who is upset for the second time and can't be understood."""

import dataclasses

from dialog.asides import MAX_DEPTH, WHEN_UPSET, interrupt
from dialog.flow import Waiting
from dialog.listening import listen_to_offer
from dialog.turn import Turn
from dialog.understanding import understand
from voxdesk.kernel.speech import AnswerKind, Expectation, Transcript, Understood

SECOND = 2


def offers(turn: Turn, step: Waiting) -> bool:
    """Do what the flow wants for somebody who is upset again, once a call; False: nothing."""
    care, mood = turn.flow.when_upset, turn.state.mood
    if care is None or not turn.upset or mood.times < SECOND or mood.offered:
        return False
    if care.then and len(turn.state.interrupted) < MAX_DEPTH:
        turn.change(mood=dataclasses.replace(mood, offered=True))
        interrupt(turn, step, WHEN_UPSET, care.then)
        return True
    if care.then or not turn.flow.person:
        return False
    turn.change(mood=dataclasses.replace(mood, offered=True))
    offer(turn, step)
    return True


def offer(turn: Turn, step: Waiting) -> None:
    """Ask whether they want a person; the step's own answer counts, too."""
    turn.say(turn.wording("offer_person"))
    listen_to_offer(turn, step)


def reply(turn: Turn, transcript: Transcript, found: tuple[Understood, ...]) -> str:
    """Whether they want one, "yes" or "no"; empty where none was offered or the step is answered.

    Args:
        turn: being worked on.
        transcript: what was said.
        found: what the words mean as the step's own answer.
    """
    if not turn.state.offering or any(reading.value not in {"yes", "no"} for reading in found[:1]):
        return ""
    expected = Expectation(kind=AnswerKind.YES_NO, language=turn.language)
    said = understand(transcript, expected)
    return said.value if said else ""
