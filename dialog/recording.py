"""The request for a message's recording, as a step wants it."""

from dialog import events
from dialog.flow import Message
from dialog.state import Phase
from dialog.turn import Turn


def record(turn: Turn, step: Message) -> None:
    """From now on what the caller says is a message."""
    turn.change(phase=Phase.RECORDING)
    turn.actions.append(
        events.RecordMessage(
            step.mailbox,
            step.max_s,
            language=turn.language,
            transcribe=step.transcribe,
        )
    )
