"""The API as one ASGI application."""

from fastapi import FastAPI
from fastapi.responses import Response

from voxdesk import __version__
from voxdesk.app.console_settings import ConsoleSettings
from voxdesk.app.http import (
    audit_log,
    call,
    call_comments,
    call_sound,
    call_speakers,
    callbacks,
    calls,
    errors,
    flow_live,
    flow_pictures,
    flow_test_files,
    flow_versions,
    flows,
    imports,
    jobs,
    knowledge,
    live,
    long_runs,
    messages,
    pages,
    passages,
    pictures,
    privacy,
    replays,
    retention,
    saved_searches,
    score_desk,
    scorecards,
    scores,
    scorings,
    session,
    staff,
    tickets,
    trial_voice,
    trials,
)
from voxdesk.app.http.bounds import BoundedBody, BoundedRequests
from voxdesk.app.http.house import House
from voxdesk.app.http.security import Security
from voxdesk.app.http.shown import shown_last
from voxdesk.app.live.hub import LiveHub
from voxdesk.app.live.streams import Streams
from voxdesk.app.long_runs.runs import LongRuns
from voxdesk.app.voice_booth.booth import VoiceBooth

PREFIX = "/api/v1"
PARTS = (
    session,
    staff,
    audit_log,
    calls,
    passages,
    saved_searches,
    call,
    call_sound,
    call_comments,
    call_speakers,
    live,
    flows,
    flow_live,
    flow_pictures,
    flow_test_files,
    flow_versions,
    trials,
    trial_voice,
    knowledge,
    replays,
    long_runs,
    scorecards,
    scorings,
    score_desk,
    scores,
    tickets,
    callbacks,
    messages,
    imports,
    jobs,
    pictures,
    privacy,
    retention,
)


def make_app(house: House | None) -> FastAPI:
    """All endpoints, each closed to whoever has no role that it takes, and the console's pages.

    `house`: None where only the document of the API is wanted.
    """
    app = FastAPI(
        title="Voxdesk",
        version=__version__,
        description="Flows and knowledge: edit, check, test, try, replay, publish, take back.",
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,  # these pages load their scripts from the internet
        redoc_url=None,
    )
    app.state.house = house
    app.state.streams = Streams()
    if house is not None:
        app.state.live = LiveHub(house.settings, house.database, house.clock, shown=shown_last)
        app.state.runs = LongRuns(house.settings)
        app.state.booth = VoiceBooth(house.settings)
    errors.install(app)
    app.add_middleware(BoundedBody)
    app.add_middleware(BoundedRequests)
    app.add_middleware(
        Security, settings=house.settings.console if house else ConsoleSettings()
    )  # the outermost
    for part in PARTS:
        app.include_router(part.router, prefix=PREFIX, responses=errors.TROUBLES)

    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> Response:
        return Response("ok\n", media_type="text/plain")

    pages.install(app)
    return app
