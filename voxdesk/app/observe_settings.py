"""Settings of what an operator sees, and of how much the machine takes on."""

from typing import Literal

from pydantic import Field

from voxdesk.app.setting_types import Port, Section


class LimitSettings(Section):
    """Beyond these a caller would get a slow conversation, and so gets none."""

    calls: int = Field(
        0, ge=0, le=10_000, description="Calls at the same time; 0: as many as the lines hold."
    )
    legs_free: int = Field(
        0,
        ge=0,
        le=1_000,
        description="Legs, of all lines together, that callers leave free for agents, transfers.",
    )
    loop_lag_ms: int = Field(
        100,
        ge=10,
        le=10_000,
        description=(
            "New callers are turned away when the engine's event loop lately ran so late. A turn "
            "crosses it five to ten times."
        ),
    )
    recognition_wait_ms: int = Field(
        1_000,
        ge=50,
        le=60_000,
        description="The same when turns lately waited so long for a recognition worker.",
    )
    recognition_queue: int = Field(
        4,
        ge=1,
        le=1_000,
        description="The same when so many turns wait for each recognition worker.",
    )


class ObserveSettings(Section):
    """Metrics, health and traces."""

    enabled: bool = Field(
        default=True, description="Answer /metrics, /healthz and /readyz over HTTP."
    )
    host: str = Field(
        "127.0.0.1",
        min_length=1,
        description="Address to answer them on. There is no password: keep it on a private net.",
    )
    port: Port = Field(9464, description="Port of it; 0 lets the system choose.")
    otlp_endpoint: str = Field(
        "",
        pattern=r"^(https?://[^\s]+)?$",
        description=(
            "Where traces of calls go: an OpenTelemetry collector over HTTP, "
            "http://host:4318. Empty: nowhere."
        ),
    )
    otlp_headers: dict[str, str] = Field(
        default_factory=dict, repr=False, description="HTTP headers sent there, for a password."
    )


class LogSettings(Section):
    """What the program says about itself; never what callers say."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least important message that is written."
    )
    format: Literal["text", "json"] = Field(
        "text", description="text: a line for people; json: one object a line, for a collector."
    )
