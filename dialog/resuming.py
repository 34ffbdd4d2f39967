"""Going on with a call whose machine was away for some seconds: nothing that was said is lost."""

from dialog import answering, events
from dialog.confirming import ask_again
from dialog.entering import act, enter, hand_over, look_up
from dialog.flow import Answer, End, Handover, Lookup, Message, Waiting
from dialog.flow_outside import Act
from dialog.knowledge_steps import look_for
from dialog.recording import record
from dialog.state import Phase
from dialog.turn import Turn


def resume(turn: Turn) -> None:  # noqa: C901  one case a phase
    """Do again what the call was waiting for; what was asked is asked again, all of it."""
    step = turn.flow.steps.get(turn.state.step)
    following: str | None = None
    match turn.state.phase:
        case Phase.NEW:
            return
        case Phase.LISTENING if isinstance(step, Waiting):
            turn.say(turn.wording("back_again"))
            answering.repeat(turn, step)
        case Phase.CONFIRMING if isinstance(step, Waiting):
            turn.say(turn.wording("back_again"))
            ask_again(turn, step)
        case Phase.LOOKING_UP if isinstance(step, Lookup):
            following = look_up(turn, step, turn.state.guess)
        case Phase.SEARCHING if isinstance(step, Answer):
            look_for(turn, step, turn.state.asked)
        case Phase.ACTING if isinstance(step, Act):
            # What was done already is not done again: it is the same step, with the same values.
            following = act(turn, step)
        case Phase.HANDED_OVER if isinstance(step, Handover):
            following = hand_over(turn, step)
        case Phase.RECORDING if isinstance(step, Message):
            turn.say(turn.wording("back_again"), turn.wording("message_instructions"))
            record(turn, step)
        case Phase.ENDED:
            reason = step.reason if isinstance(step, End) else events.HangUp().reason
            turn.hang_up(reason)
        case _:  # the flow has changed under the call, and its step is another kind of thing
            turn.hang_up("error", turn.wording("error"))
    if following is not None:
        enter(turn, following)
