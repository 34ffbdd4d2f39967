"""What callers want who answer "no" with something else: "no, I want to cancel it"."""

from dialog.flow import Menu, Waiting
from dialog.hearing import understood
from dialog.turn import Turn
from voxdesk.kernel.speech import Hypothesis, Transcript, Understood

SAID = "said"
"""The variable with what the caller last said at a menu."""
SURE = 0.5
"""From here on the words are taken for a wish that nobody had asked for just then."""


def behind_no(rest: str, transcript: Transcript) -> Transcript:
    """The words behind a no, as sure as all of them were."""
    return Transcript((Hypothesis(rest, transcript.confidence),), engine=transcript.engine)


def asked_at(turn: Turn, step: Waiting) -> Menu | None:
    """The menu that the call is at, behind this step: the one answered last, else its first."""
    names = (*reversed(turn.state.path), turn.flow.start_over)
    steps = (turn.flow.steps.get(name) for name in names)
    return next((one for one in steps if isinstance(one, Menu) and one.name != step.name), None)


def wish_at(turn: Turn, menu: Menu, said: Transcript) -> Understood | None:
    """The option of a menu that the words name, if they do so surely."""
    found = understood(turn, menu, said)
    return found[0] if found and found[0].confidence >= SURE * said.confidence else None
