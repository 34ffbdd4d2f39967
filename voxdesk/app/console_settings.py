"""Settings of the console: the process that answers programs and, later, pages."""

from pydantic import Field

from voxdesk.app.setting_types import Section


class ConsoleSettings(Section):
    """Where it answers."""

    host: str = Field(
        "127.0.0.1",
        min_length=1,
        description="Address of the API. Others reach it by a web server that speaks HTTPS.",
    )
    port: int = Field(
        0,
        ge=0,
        le=65_535,
        description="Port of the API, 8080 for one; 0: `voxdesk serve` starts no console.",
    )
