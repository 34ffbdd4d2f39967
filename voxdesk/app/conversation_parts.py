"""What the machine's part of a call is made of."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from dialog.dialogue import Dialogue
from dialog.events import Enqueue, HangUp, Lookup, RecordMessage, Transfer
from tts.speech import SpeechService
from voxdesk.app.asking import DoIt
from voxdesk.app.hearing import Hearing
from voxdesk.app.preparation import Find, SearchIn
from voxdesk.app.settings import TurnsSettings
from voxdesk.app.speaking import Speaking
from voxdesk.app.tasks import CallTasks

NoteDown = Callable[..., None]
Leave = Transfer | Enqueue | RecordMessage | HangUp


@dataclass(frozen=True, slots=True)
class ConversationParts:
    """What a conversation is made of; `search` blocks, and is run in a worker thread."""

    dialogue: Dialogue
    speech: SpeechService
    speaking: Speaking
    hearing: Hearing
    tasks: CallTasks
    find: Find
    search: SearchIn
    ask_ahead: Callable[[Lookup], bool]  # it may be looked up before the caller's turn is over
    act: DoIt
    note: NoteDown
    so_far: Callable[[str], None]  # words of a turn that isn't over, for whoever watches
    leave: Callable[[Leave], None]  # all is said; the call goes to a person, a mailbox, its end
    turns: TurnsSettings
    today: date  # what the caller's "tomorrow" counts from
    now: Callable[[], datetime]
    keep: Callable[[], None]  # the state has changed; another engine may need it
