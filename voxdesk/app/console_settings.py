"""Settings of the console: the process that answers programs and, later, pages."""

from zoneinfo import available_timezones

from pydantic import Field, field_validator

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
    time_zone: str = Field(
        "",
        description="Time zone of the call centre, Asia/Shanghai for one: its days, weekdays and "
        "hours are those of figures. Empty: the machine's.",
    )

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name and name not in available_timezones():
            raise ValueError("no time zone that is known; right is for example Europe/Berlin")
        return name
