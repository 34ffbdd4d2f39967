"""Systems outside of the dialogue: what they are asked, what callers hear while they are slow."""

from dialog import events
from dialog.events import StillWaiting
from dialog.flow import Say, Step
from dialog.flow_callback import CallbackRequest
from dialog.flow_outside import Act
from dialog.turn import Turn

FIRST_WORD_S = 1.5
"""Silence while something is looked up or done, after which the caller hears that it takes long."""
NEXT_WORD_S = 8.0
"""Silence after that, until the next word."""


def words_during(took_s: float) -> int:
    """How often a caller hears a word when an answer takes so long."""
    return 0 if took_s <= FIRST_WORD_S else 1 + int((took_s - FIRST_WORD_S) // NEXT_WORD_S)


def still_waiting(turn: Turn, event: StillWaiting) -> None:
    """The caller hears that we are at it."""
    if event.token == turn.state.token:
        turn.say(turn.wording("still_waiting", turn=event.count))


def speaks_for_itself(step: Step | None) -> bool:
    """Whether a step that follows a failure tells of it in the flow's own words."""
    return isinstance(step, Say)


def apologize(turn: Turn, following: str) -> None:
    """The caller hears that something failed, unless the step that follows says so."""
    if not speaks_for_itself(turn.flow.steps.get(following)):
        turn.say(turn.wording("lookup_failed"))


def act_of(turn: Turn, step: Act) -> events.Act:
    """What is to be done, with the values of this call; those without a value are left out."""
    given = {name: turn.value(template) for name, template in step.given.items()}
    if isinstance(step, CallbackRequest):
        given |= {"greeting": turn.text(step.greeting), "note": turn.text(step.note)}
    caller = turn.state.variables.get("caller")
    customer = caller.get("customer_id") if isinstance(caller, dict) else None
    return events.Act(
        token=turn.state.token + 1,
        what=step.what,
        given={name: value for name, value in given.items() if value},
        step=step.name,
        customer_id=customer if isinstance(customer, int) else None,
        timeout_s=step.timeout_s,
    )
