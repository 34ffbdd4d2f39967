"""Who may use which endpoint: the one table that says what is expected.

A new endpoint needs a line here; `test_who_may_what.py` fails without it, and for every role that
gets more or less than its line says.
"""

from crm.staff.models import Role

A, O, S, G, U = (  # noqa: E741  as columns of a table
    Role.ADMINISTRATOR,
    Role.OPS,
    Role.SUPERVISOR,
    Role.AGENT,
    Role.AUDITOR,
)

OPEN: frozenset[Role] | None = None
"""Also for whoever isn't known at all."""
ANYONE = frozenset(Role)
READERS = frozenset({A, O, S, U})
WATCHERS = READERS
EDITORS = frozenset({A, O})
MINDERS = frozenset({A, O, S})
LISTENERS = frozenset({A, S, U})
SCORERS = frozenset({A, S})
OVERSEERS = frozenset({A, U})
ADMINISTRATORS = frozenset({A})

WHO_MAY: dict[str, frozenset[Role] | None] = {
    # Oneself
    "POST /session": OPEN,
    "GET /session": ANYONE,
    "DELETE /session": ANYONE,
    "PUT /session/password": ANYONE,
    "PATCH /session/preferences": ANYONE,
    "GET /session/places": ANYONE,
    "DELETE /session/places": ANYONE,
    "GET /first-administrator": OPEN,
    "POST /first-administrator": OPEN,
    "POST /password-links": OPEN,
    "POST /password-links/look": OPEN,
    # Staff
    "GET /staff": ADMINISTRATORS,
    "POST /staff": ADMINISTRATORS,
    "PATCH /staff/{number}": ADMINISTRATORS,
    "POST /staff/{number}/password-link": ADMINISTRATORS,
    "DELETE /staff/{number}/sessions": ADMINISTRATORS,
    "GET /tokens": ADMINISTRATORS,
    "POST /tokens": ADMINISTRATORS,
    "DELETE /tokens/{number}": ADMINISTRATORS,
    "GET /audit": OVERSEERS,
    "GET /audit.csv": OVERSEERS,
    # Flows and knowledge
    "GET /flows": READERS,
    "GET /flow-schema": READERS,
    "GET /flows/{flow}/draft": READERS,
    "PUT /flows/{flow}/draft": EDITORS,
    "POST /flows/{flow}/draft/take": EDITORS,
    "POST /flows/{flow}/check": READERS,
    "POST /flows/{flow}/tests": READERS,
    "GET /flows/{flow}/graph": READERS,
    "GET /flows/{flow}/live": READERS,
    "GET /flows/{flow}/versions": READERS,
    "GET /flows/{flow}/versions/{number}": READERS,
    "GET /flows/{flow}/diff": READERS,
    "POST /flows/{flow}/publish": EDITORS,
    "POST /flows/{flow}/rollback": EDITORS,
    "POST /flows/{flow}/replay": READERS,
    "GET /flows/{flow}/test-file": READERS,
    "PUT /flows/{flow}/test-file": EDITORS,
    "POST /flows/{flow}/test-file/check": READERS,
    "POST /flows/{flow}/test-file/talks": EDITORS,
    "POST /trials/speech": READERS,
    "POST /trials/utterances": READERS,
    "POST /flows/{flow}/runs": READERS,
    "GET /flows/{flow}/runs": READERS,
    "GET /runs/{number}": READERS,
    "POST /runs/{number}/stop": READERS,
    "POST /trials": READERS,
    "POST /trials/moves": READERS,
    "GET /knowledge": READERS,
    "GET /knowledge/{name}": READERS,
    "PUT /knowledge/{name}": EDITORS,
    "GET /knowledge/{name}/questions": READERS,
    "POST /knowledge/{name}/check": READERS,
    "POST /knowledge-matches": READERS,
    "GET /unanswered": READERS,
    # Calls
    "GET /calls": LISTENERS,
    "GET /calls/choices": LISTENERS,
    "GET /calls/export": LISTENERS,
    "GET /calls/passages": LISTENERS,
    # Saved searches
    "GET /saved-searches": LISTENERS,
    "POST /saved-searches": LISTENERS,
    "DELETE /saved-searches/{number}": LISTENERS,
    # Call
    "GET /calls/{call_id}": LISTENERS,
    "GET /calls/{call_id}/transcript": LISTENERS,
    "GET /calls/{call_id}/markers": LISTENERS,
    "GET /calls/{call_id}/waveform": LISTENERS,
    # Call sound
    "GET /calls/{call_id}/recording": LISTENERS,
    # Who the speakers are
    "PUT /calls/{call_id}/speakers": SCORERS,
    "GET /calls/{call_id}/transcript/export": LISTENERS,
    # Call comments
    "GET /calls/{call_id}/comments": LISTENERS,
    "POST /calls/{call_id}/comments": SCORERS,
    "PUT /calls/{call_id}/comments/{number}": SCORERS,
    "DELETE /calls/{call_id}/comments/{number}": SCORERS,
    # Flow pictures
    "GET /flows/{flow}/picture": READERS,
    # Scorecards
    "GET /scorecards": LISTENERS,
    "GET /scorecards/{name}": LISTENERS,
    # Scorings
    "GET /calls/{call_id}/scorings": LISTENERS,
    "POST /calls/{call_id}/scorings": SCORERS,
    "GET /scorings/{scoring_id}": LISTENERS,
    "PUT /scorings/{scoring_id}": SCORERS,
    "POST /scorings/{scoring_id}/finish": SCORERS,
    "POST /scorings/{scoring_id}/reopen": SCORERS,
    "POST /scorings/{scoring_id}/renew": SCORERS,
    "DELETE /scorings/{scoring_id}": SCORERS,
    # Scores
    "GET /scores": LISTENERS,
    "GET /scores/results": LISTENERS,
    "GET /scores/results/file": LISTENERS,
    "GET /scores/file": LISTENERS,
    "GET /scores/sample": SCORERS,
    "GET /scores/desk": SCORERS,
    # Tickets
    "GET /tickets": LISTENERS,
    "GET /tickets/{number}": LISTENERS,
    "PATCH /tickets/{number}": SCORERS,
    # Callbacks
    "GET /callbacks": LISTENERS,
    "GET /callbacks/{callback_id}": LISTENERS,
    "PATCH /callbacks/{callback_id}": SCORERS,
    # Messages
    "GET /messages": LISTENERS,
    "GET /messages/{message_id}": LISTENERS,
    "PATCH /messages/{message_id}": SCORERS,
    "GET /messages/{message_id}/sound": LISTENERS,
    # Privacy
    "GET /privacy/people": OVERSEERS,
    "GET /privacy/mentions": OVERSEERS,
    "GET /privacy/person": OVERSEERS,
    "GET /privacy/export": ADMINISTRATORS,
    "POST /privacy/erase": ADMINISTRATORS,
    "GET /privacy/holds": OVERSEERS,
    "POST /privacy/holds": ADMINISTRATORS,
    "DELETE /privacy/holds/{number}": ADMINISTRATORS,
    "GET /privacy/retention": OVERSEERS,
    "GET /calls/{call_id}/consent": LISTENERS,
    # Live calls
    "GET /live": WATCHERS,
    "GET /live/events": WATCHERS,
    "GET /live/calls/{call_id}": LISTENERS,
    "GET /live/calls/{call_id}/sound": SCORERS,
    "POST /live/calls/{call_id}/end": SCORERS,
    "GET /live/alarms": WATCHERS,
    "POST /live/alarms/{alarm_id}/acknowledge": MINDERS,
    # Jobs
    "GET /jobs": WATCHERS,
    "POST /jobs/retry": EDITORS,
    # Pictures
    "GET /pictures": WATCHERS,
    "GET /pictures/file": WATCHERS,
    # Imports
    "GET /imports": LISTENERS,
    "GET /imports/{import_id}": LISTENERS,
    "POST /imports": SCORERS,
    "POST /imports/{import_id}/cancel": SCORERS,
    "POST /imports/{import_id}/retry": SCORERS,
    "DELETE /imports/{import_id}": SCORERS,
}

STREAMS: frozenset[str] = frozenset({"GET /live/events"})
"""Answers of these don't end, so that nobody who may read one asks for it in a test."""
