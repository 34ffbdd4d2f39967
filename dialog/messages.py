"""Taking a message: asked for again once when there is none."""

from dialog.entering import enter
from dialog.events import Event, MessageDone
from dialog.flow import Message
from dialog.recording import record
from dialog.turn import Turn
from voxdesk.kernel.call import EventKind


def recorded(turn: Turn, event: Event) -> None:
    """A message was left, or none."""
    step = turn.step
    if not isinstance(event, MessageDone) or not isinstance(step, Message):
        return
    if event.recorded:
        turn.note(EventKind.MESSAGE_LEFT, mailbox=step.mailbox, duration_s=event.duration_s)
        turn.say(turn.wording("message_saved"))
    elif event.skipped or turn.state.no_input:
        turn.say(turn.wording("message_empty"))
    else:
        turn.change(no_input=1)
        turn.note(EventKind.NO_INPUT, step=step.name, count=1)
        turn.say(turn.wording("message_again"))
        record(turn, step)
        return
    enter(turn, step.then)
