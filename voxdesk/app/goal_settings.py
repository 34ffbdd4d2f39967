"""Settings of what a good day is."""

from collections.abc import Mapping

from pydantic import Field

from voxdesk.app.setting_types import Section


class GoalSettings(Section):
    """What the numbers of the day are held against; 0: no goal, and no alarm."""

    answer_within_s: float = Field(
        20, gt=0, le=3600, description="Who waits for a person should be answered within this."
    )
    service_level: float = Field(
        0.8, ge=0, le=1, description="Share of waiting callers who are answered within it."
    )
    asa_s: float = Field(
        30, ge=0, le=3600, description="Mean wait until a person answers, at most."
    )
    aht_s: float = Field(
        0, ge=0, le=86_400, description="Mean time that a person talks with a caller, at most."
    )
    abandoned_share: float = Field(
        0.05, ge=0, le=1, description="Share of callers who give up, at most."
    )
    containment: float = Field(
        0, ge=0, le=1, description="Share of calls that need no person, at least."
    )
    csat: float = Field(0, ge=0, le=100, description="Per cent of content callers, at least.")
    turn_ms: int = Field(
        1500, ge=1, le=60_000, description="From a caller's last sound to the answer's first."
    )
    alarm_minutes: int = Field(
        60, ge=5, le=1440, description="Alarms look at the calls that began in the last minutes."
    )
    alarm_calls: int = Field(
        20, ge=1, le=100_000, description="Fewer calls than this raise no alarm."
    )
    alarm_margin: float = Field(
        0.1,
        ge=0,
        le=1,
        description="How much better than its goal a number must be for its alarm to end.",
    )

    @property
    def wanted(self) -> Mapping[str, float]:
        """The goal of each number that has one."""
        names = ("service_level", "asa_s", "aht_s", "abandoned_share", "containment", "csat")
        return {name: getattr(self, name) for name in names if getattr(self, name) > 0}
