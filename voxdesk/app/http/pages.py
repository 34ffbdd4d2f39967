"""The console's pages: files that `make console` built, and one page that says when it didn't."""

from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

BUILT: Final = Path(__file__).parents[3] / "console" / "dist"
FOR_EVER: Final = "public, max-age=31536000, immutable"
"""Built files have their content's hash in their name."""
NOT_BUILT: Final = """<!doctype html><meta charset="utf-8"><title>Voxdesk</title>
<h1>The pages are not built</h1>
<p>Build them once: <code>make console</code>. The API answers meanwhile, below
<a href="/api/v1/openapi.json">/api/v1</a>.</p>
"""


class _Assets(StaticFiles):
    def file_response(self, *args: object, **kwargs: object) -> Response:
        """As ever, and kept by browsers for good."""
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = FOR_EVER
        return response


def install(app: FastAPI, built: Path = BUILT) -> None:
    """Serve the pages of `built` at every path that isn't the API's; last, after all endpoints."""
    index = built / "index.html"
    assets = GZipMiddleware(_Assets(directory=built / "assets", check_dir=False))
    app.mount("/assets", assets, name="assets")

    @app.get("/icon.svg", include_in_schema=False)
    async def icon() -> Response:
        return FileResponse(built / "icon.svg") if index.is_file() else Response(status_code=404)

    @app.get("/{page:path}", include_in_schema=False)
    async def page(request: Request, page: str) -> Response:
        """Every address is the one page; its script knows what belongs there."""
        del request
        if page.startswith("api/"):
            return Response(
                '{"code":"not_there","message":"There is no such endpoint; see '
                '/api/v1/openapi.json."}',
                404,
                media_type="application/json",
            )
        if not index.is_file():
            return HTMLResponse(NOT_BUILT, 503)
        return FileResponse(index, headers={"Cache-Control": "no-cache"})
