"""Settings of the console: the process that answers programs and pages."""

from ipaddress import ip_network
from urllib.parse import urlsplit
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

    url: str = Field(
        "",
        max_length=200,
        description="Address that people type, https://console.example.com, where a web server "
        "stands before it. Links show it, and browsers are answered under its name. Empty: host "
        "and port.",
    )
    proxies: tuple[str, ...] = Field(
        ("127.0.0.1", "::1"),
        description="Addresses or networks of web servers before it, whose X-Forwarded-For and "
        "X-Forwarded-Proto are believed.",
    )
    idle_minutes: int = Field(
        60, ge=1, le=10_080, description="Who does nothing for so long has to sign in again."
    )
    session_hours: int = Field(
        12, ge=1, le=720, description="Everybody has to sign in again after so long."
    )

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.query):
            raise ValueError("an address like https://console.example.com, or nothing")
        return value.rstrip("/")

    @field_validator("proxies")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            ip_network(network)
        return value
