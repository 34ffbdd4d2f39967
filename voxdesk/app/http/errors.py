"""What goes wrong, as an answer: always {"code": …, "message": …}, and never a traceback."""

import logging
from http import HTTPStatus
from typing import Any, Final, Literal

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from crm.finding.query import SearchRefused
from crm.privacy.holds import HeldBack, HoldRefused
from dialog.trying.trial import Misfit
from recordings.waveforms.peaks import NoSound
from voxdesk.app.http.faults import fault
from voxdesk.app.http.headers import API_HEADERS
from voxdesk.app.http.worded import WordedOut
from voxdesk.app.imports.arriving import DiskFull, NotTaken, TooLarge
from voxdesk.app.live.listening import CallGone
from voxdesk.app.live.streams import CallElsewhere, EngineAway, TooManyStreams
from voxdesk.app.long_runs.runs import TooManyRuns
from voxdesk.app.privacy import StillTalking
from voxdesk.app.voice_booth.booth import NoVoice
from voxdesk.kernel.cases import Case
from voxdesk.kernel.errors import (
    AccessRefused,
    DatabaseError,
    FlowError,
    LinkSpent,
    NotYours,
    PasswordChangeNeeded,
    PasswordRefused,
    PublishConflict,
    PublishRefused,
    RecordingMissing,
    RecordingUnreadable,
    ScorecardError,
    ScoreConflict,
    ScoreRefused,
    ScoreTaken,
    SessionOver,
    SignInRefused,
    TooManyTries,
    VoxdeskError,
)
from voxdesk.kernel.troubles import trouble_of
from voxdesk.kernel.worded import Worded, as_data, together, worded

log = logging.getLogger(__name__)


class NotThere(VoxdeskError):
    """What is asked for doesn't exist."""

    code = "not_there"


class NotNow(VoxdeskError):
    """What is asked for doesn't go together with how it is now."""

    code = "not_now"


STATUS: Final[dict[type[VoxdeskError], HTTPStatus]] = {
    NotThere: HTTPStatus.NOT_FOUND,
    NotNow: HTTPStatus.CONFLICT,
    NotYours: HTTPStatus.FORBIDDEN,
    HeldBack: HTTPStatus.CONFLICT,
    HoldRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    StillTalking: HTTPStatus.CONFLICT,
    PublishConflict: HTTPStatus.CONFLICT,
    PublishRefused: HTTPStatus.CONFLICT,
    ScoreConflict: HTTPStatus.CONFLICT,
    ScoreTaken: HTTPStatus.CONFLICT,
    ScoreRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    ScorecardError: HTTPStatus.UNPROCESSABLE_ENTITY,
    FlowError: HTTPStatus.UNPROCESSABLE_ENTITY,
    RecordingMissing: HTTPStatus.NOT_FOUND,
    RecordingUnreadable: HTTPStatus.SERVICE_UNAVAILABLE,
    SearchRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    NoSound: HTTPStatus.NOT_FOUND,
    NoVoice: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooManyRuns: HTTPStatus.SERVICE_UNAVAILABLE,
    Misfit: HTTPStatus.UNPROCESSABLE_ENTITY,
    CallElsewhere: HTTPStatus.CONFLICT,
    CallGone: HTTPStatus.NOT_FOUND,
    EngineAway: HTTPStatus.SERVICE_UNAVAILABLE,
    TooManyStreams: HTTPStatus.SERVICE_UNAVAILABLE,
    DatabaseError: HTTPStatus.SERVICE_UNAVAILABLE,
    SessionOver: HTTPStatus.UNAUTHORIZED,
    SignInRefused: HTTPStatus.UNAUTHORIZED,
    TooManyTries: HTTPStatus.TOO_MANY_REQUESTS,
    PasswordChangeNeeded: HTTPStatus.FORBIDDEN,
    LinkSpent: HTTPStatus.NOT_FOUND,
    PasswordRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    AccessRefused: HTTPStatus.CONFLICT,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    DiskFull: HTTPStatus.INSUFFICIENT_STORAGE,
    NotTaken: HTTPStatus.BAD_REQUEST,
}
"""The first that an error is one of; narrower kinds stand before wider ones."""


TroubleCode = Literal[
    "access_refused",
    "audio_format",
    "bad_request",
    "busy",
    "call_elsewhere",
    "conflict",
    "database",
    "disk_full",
    "engine_away",
    "error",
    "flow",
    "forbidden",
    "held",
    "hold_refused",
    "hopeless",
    "import",
    "link_spent",
    "method_not_allowed",
    "model_missing",
    "model_unreachable",
    "no_leg_free",
    "no_sound",
    "no_voice",
    "not_found",
    "not_now",
    "not_sound",
    "not_taken",
    "not_there",
    "not_valid",
    "not_yours",
    "password_change_needed",
    "password_refused",
    "protocol",
    "publish_conflict",
    "publish_refused",
    "recognizer",
    "recording_locked",
    "recording_missing",
    "recording_unreadable",
    "score_conflict",
    "score_refused",
    "score_taken",
    "scorecard",
    "search",
    "service",
    "session_over",
    "settings",
    "sign_in_refused",
    "still_talking",
    "synthesis",
    "telephony",
    "too_large",
    "too_long",
    "too_many_streams",
    "too_many_tries",
    "trial",
    "unauthorized",
    "unprocessable_entity",
    "voxdesk",
    "wrong_host",
    "wrong_origin",
]
"""Every code that an answer may have."""


class Trouble(BaseModel):
    """Why a request had no success.

    Attributes:
        code: for programs; stays the same.
        message: for people, in English: what is wrong, where, and what to do.
        case: which of the things that have this code; null: only the message says it.
        details: the values in the message, by name.
        worded: the message taken apart, where it can be said in other languages by its wording.
    """

    code: TroubleCode
    message: str
    case: Case | None = None
    details: dict[str, str | float] = {}
    worded: WordedOut | None = None


TROUBLES: Final[dict[int | str, dict[str, Any]]] = {
    status.value: {"model": Trouble, "description": status.phrase}
    for status in (
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.CONFLICT,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    )
}
"""What any endpoint may answer, for the OpenAPI document."""


def install(app: FastAPI) -> None:
    """Have all errors of the application answered like this."""
    app.add_exception_handler(VoxdeskError, _ours)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unknown)


def answer(
    status: int,
    code: str,
    message: str,
    headers: dict[str, str] | None = None,
    **narrower: Any,
) -> JSONResponse:
    """The answer itself; `narrower`: case and details, where there are any."""
    found = {name: value for name, value in narrower.items() if value}
    return JSONResponse({"code": code, "message": message, **found}, status, headers)


async def _ours(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, VoxdeskError):
        raise error
    status = next(
        (status for kind, status in STATUS.items() if isinstance(error, kind)),
        HTTPStatus.INTERNAL_SERVER_ERROR,
    )
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("%s: %s", error.code, error)
    headers = {}
    if isinstance(error, TooManyTries):
        headers["Retry-After"] = str(error.wait_s)
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooLarge | NotTaken):
        headers["Connection"] = "close"  # the rest of the file isn't waited for
    return answer(status, message=str(error), headers=headers, **(trouble_of(error) or {}))


async def _not_valid(_request: Request, error: Exception) -> JSONResponse:
    """Which field, and what would be right; what was sent isn't repeated."""
    if not isinstance(error, RequestValidationError):
        raise error
    found = together(
        worded(
            "{field}: {problem}",
            field=Worded(".".join(str(part) for part in problem["loc"])),
            problem=fault(problem),
        )
        for problem in error.errors()
    )
    fields = dict.fromkeys(str(problem["loc"][-1]) for problem in error.errors())
    return answer(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "not_valid",
        found,
        details={"fields": ", ".join(fields)},
        worded=as_data(found),
    )


async def _http(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "_")
    return answer(error.status_code, code, error.detail, dict(error.headers or {}))


async def _unknown(request: Request, error: Exception) -> JSONResponse:
    log.error("%s %s", request.method, request.scope.get("path"), exc_info=error)
    return answer(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "error",
        "Something went wrong here; the log says what.",
        dict(API_HEADERS),  # it is made outside of all middleware
    )
