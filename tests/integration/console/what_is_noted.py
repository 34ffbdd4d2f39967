"""What the audit log says of each look: the one table that says what is expected.

A new endpoint that answers GET needs a line here; `test_what_is_noted.py` fails without it, and for
every look that leaves no entry, or more than one.
"""

from crm.audit.models import Act

Entry = tuple[Act, str]

NOTHING: Entry | None = None
"""There is nobody's call, customer or word in it."""

OF_THE_CALL = (Act.READ_CALL, "call {call}")

WHAT_IS_NOTED: dict[str, Entry | None] = {
    # Oneself and staff
    "/session": NOTHING,
    "/session/places": NOTHING,
    "/first-administrator": NOTHING,
    "/staff": NOTHING,
    "/tokens": NOTHING,
    "/audit": NOTHING,
    "/audit.csv": (Act.EXPORTED, "audit log"),
    # Flows and knowledge
    "/flows": NOTHING,
    "/flow-schema": NOTHING,
    "/flows/{flow}/draft": NOTHING,
    "/flows/{flow}/graph": NOTHING,
    "/flows/{flow}/versions": NOTHING,
    "/flows/{flow}/versions/{number}": NOTHING,
    "/flows/{flow}/diff": NOTHING,
    "/flows/{flow}/picture": NOTHING,
    "/flows/{flow}/live": NOTHING,
    "/flows/{flow}/test-file": NOTHING,
    "/flows/{flow}/runs": NOTHING,
    "/runs/{number}": NOTHING,  # of a replay: never what was said
    "/knowledge": NOTHING,
    "/knowledge/{name}": NOTHING,
    "/knowledge/{name}/questions": NOTHING,
    "/unanswered": (Act.READ, "unanswered questions"),
    # Calls
    "/calls": (Act.SEARCHED, "calls"),
    "/calls/choices": NOTHING,
    "/calls/export": (Act.EXPORTED, "calls"),
    "/calls/passages": (Act.SEARCHED, "words of calls {call}"),
    "/calls/{call_id}": OF_THE_CALL,
    "/calls/{call_id}/transcript": OF_THE_CALL,
    "/calls/{call_id}/transcript/export": (Act.EXPORTED, "call {call}"),
    "/calls/{call_id}/markers": OF_THE_CALL,
    "/calls/{call_id}/waveform": OF_THE_CALL,
    "/calls/{call_id}/recording": (Act.HEARD_RECORDING, "call {call}"),
    "/calls/{call_id}/comments": OF_THE_CALL,
    "/calls/{call_id}/consent": OF_THE_CALL,
    "/calls/{call_id}/scorings": OF_THE_CALL,
    "/saved-searches": NOTHING,
    # Scores
    "/scorecards": NOTHING,
    "/scorecards/{name}": NOTHING,
    "/scorings/{scoring_id}": OF_THE_CALL,
    "/scores": (Act.READ, "scores"),
    "/scores/sample": (Act.SEARCHED, "calls to score"),
    "/scores/desk": NOTHING,  # one's own drafts
    "/scores/results": NOTHING,
    "/scores/results/file": (Act.EXPORTED, "scores by scorecard"),
    "/scores/file": (Act.EXPORTED, "scores: scorings"),
    # What callers want of us
    "/tickets": (Act.READ, "tickets"),
    "/tickets/{number}": (Act.READ, "ticket {ticket}"),
    "/callbacks": (Act.READ, "callbacks"),
    "/callbacks/{callback_id}": (Act.READ, "callback {callback}"),
    "/messages": (Act.READ, "messages"),
    "/messages/{message_id}": (Act.READ, "message {message}"),
    "/messages/{message_id}/sound": (Act.HEARD_RECORDING, "message {message}"),
    # Recordings from elsewhere
    "/imports": (Act.READ, "imports"),
    "/imports/{import_id}": (Act.READ, "import {import}"),
    # Privacy
    "/privacy/people": (Act.SEARCHED, "people"),
    "/privacy/mentions": (Act.SEARCHED, "mentions of a person"),
    "/privacy/person": (Act.SEARCHED, "a person"),
    "/privacy/export": (Act.EXPORTED, "a person"),
    "/privacy/holds": (Act.READ, "holds"),
    "/privacy/retention": NOTHING,
    # Live
    "/live": (Act.READ_CALL, "live calls"),
    "/live/calls/{call_id}": (Act.READ_CALL, "call {live}"),
    "/live/alarms": NOTHING,
    # Numbers
    "/jobs": NOTHING,
    "/pictures": NOTHING,
    "/pictures/file": NOTHING,
}

EACH_TIME: frozenset[str] = frozenset(
    {"/calls", "/privacy/people", "/privacy/mentions", "/privacy/person", "/scores/sample"}
)
"""A search is written down each time, since it may be another one; and so is what leaves as a file.

All else is one look, however often it is asked for within some minutes.
"""

ELSEWHERE: frozenset[str] = frozenset({"/live/events", "/live/calls/{call_id}/sound"})
"""Go on until somebody stops them; the tests of live calls look at what they leave."""
