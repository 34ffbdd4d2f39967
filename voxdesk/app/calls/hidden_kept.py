"""What is hidden in the sound of the calls that were heard last."""

import hashlib
import threading
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm.calls.models import Call, CallEventRow
from crm.transcripts.repository import roles_of, times_of
from recordings import redaction
from recordings.redaction.tone import Hidden
from voxdesk.app.calls.hidden import hidden_stretches, messages_in, way_of
from voxdesk.app.calls.transcript import said_in

MOST_KEPT: Final = 256


class HiddenKept:
    """Keeps where tones belong; times only, no words.

    A player asks for a recording in many stretches, and finding what is hidden in a long call takes
    longer than reading a stretch. An entry holds for what it was made of: lines that were logged
    since, words that were measured or told apart anew or taken away, speakers put on another side,
    messages that were written down since, and newer rules make another one.
    """

    def __init__(self, most: int = MOST_KEPT) -> None:
        """At most so many calls; those heard longest ago go first."""
        self._most = most
        self._kept: dict[str, tuple[bytes, tuple[Hidden, ...]]] = {}
        self._lock = threading.Lock()

    def of(self, session: Session, call: Call) -> tuple[Hidden, ...]:
        """Where in a call's recording a tone belongs."""
        made_of = _made_of(session, call)
        with self._lock:
            kept = self._kept.pop(call.id, None)
            if kept is not None and kept[0] == made_of:
                self._kept[call.id] = kept  # the newest again
                return kept[1]
        found = hidden_stretches(session, call, said_in(session, call))
        with self._lock:
            self._kept[call.id] = (made_of, found)
            while len(self._kept) > self._most:
                self._kept.pop(next(iter(self._kept)))
        return found


def _made_of(session: Session, call: Call) -> bytes:
    """Of all that stretches are reckoned from: of the log, its length is enough."""
    lines = select(func.count(), func.max(CallEventRow.seq)).where(CallEventRow.call_id == call.id)
    parts = (
        redaction.VERSION,
        call.language,
        call.words_removed_at,
        tuple(session.execute(lines).one()),
        sorted(times_of(session, call.id).items()),
        [tuple(row) for row in session.execute(messages_in(call))],
        way_of(session, call),
        [(speaker, role.side) for speaker, role in sorted(roles_of(session, call.id).items())],
    )
    return hashlib.sha256(repr(parts).encode()).digest()
