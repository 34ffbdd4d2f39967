"""Settings of how long things are kept."""

from typing import Final, Literal, Self

from pydantic import Field, model_validator

from crm.privacy.retention import OF_CALLS, Keep, Rule
from voxdesk.app.setting_types import Section

FEWEST_AUDIT_DAYS: Final = 30
"""Who looked at what must still be known when somebody asks."""


class RetentionRule(Section):
    """How long things of a kind are kept."""

    keep: Keep = Field(
        description="calls: a call with all there is of it; recordings: the sound only; words: all "
        "that was said, keyed in and looked up, so that figures and times stay; keys: keys pressed "
        "and values understood; messages: what callers left, sound and words; callbacks that are "
        "over; tickets that are closed; audit: entries of the audit log, 30 days at least."
    )
    days: int = Field(
        ge=0, le=36_500, description="Since the call or callback ended, the ticket was closed."
    )
    flow: str = Field("", description="Only of calls of this flow.")
    outcome: str = Field("", description="Only of calls with this outcome.")
    direction: Literal["", "inbound", "outbound", "imported"] = Field(
        "", description="Only of such calls."
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.keep not in OF_CALLS and (self.flow or self.outcome or self.direction):
            raise ValueError(
                f"a rule for {self.keep} can't be narrowed by flow, outcome or direction"
            )
        if self.keep is Keep.AUDIT and self.days < FEWEST_AUDIT_DAYS:
            raise ValueError(f"the audit log is kept for {FEWEST_AUDIT_DAYS} days at least")
        return self

    def rule(self) -> Rule:
        """The same, for the CRM."""
        return Rule(self.keep.value, self.days, self.flow, self.outcome, self.direction)


class PrivacySettings(Section):
    """How long things are kept."""

    retention: tuple[RetentionRule, ...] = Field(
        (),
        description=(
            "Rules, each with keep, days, and flow, outcome, direction where it isn't about all; "
            "of each kind the first that fits counts. None: everything is kept."
        ),
    )
