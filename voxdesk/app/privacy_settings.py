"""Settings of how long things are kept."""

from typing import Literal

from pydantic import Field

from crm.privacy.retention import Rule
from voxdesk.app.setting_types import Section


class RetentionRule(Section):
    """How long calls of a kind are kept."""

    keep: Literal["recordings", "calls"] = Field(
        description="recordings: the sound only; calls: a call with all there is of it."
    )
    days: int = Field(ge=0, le=36_500, description="Since the call ended.")
    flow: str = Field("", description="Only calls of this flow.")
    outcome: str = Field("", description="Only calls with this outcome.")
    direction: Literal["", "inbound", "outbound"] = Field("", description="Only such calls.")

    def rule(self) -> Rule:
        """The same, for the CRM."""
        return Rule(self.keep, self.days, self.flow, self.outcome, self.direction)


class PrivacySettings(Section):
    """How long things are kept."""

    retention: tuple[RetentionRule, ...] = Field(
        (),
        description=(
            "Rules, each with keep (recordings, calls), days, and flow, outcome, direction where "
            "it isn't about all; the first that fits a call counts. None: everything is kept."
        ),
    )
