"""What every answer tells a browser about itself."""

from collections.abc import Mapping
from typing import Final

_EVERYWHERE: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
}
API_HEADERS: Final[Mapping[str, str]] = {
    **_EVERYWHERE,
    # Answers aren't pages, whatever a browser takes them for; a drawing has styles in it.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
}
PAGE_HEADERS: Final[Mapping[str, str]] = {
    **_EVERYWHERE,
    # No script but our files. Styles of components are computed, so they stand in the page.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; "
        "connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
}
HTTPS_ONLY: Final = ("Strict-Transport-Security", "max-age=31536000")
