"""What can be asked for, and how the process that does it is told."""

from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from voxdesk.app.settings import Settings

MOST_CALLS: Final = 2000
"""Recorded calls of one replay; the command takes more."""
MOST_WALKS: Final = 20_000
STOPPED: Final = 130
"""Exit code of a process that was stopped."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TestsWanted(_Strict):
    """Run the tests beside a draft; with `errors` again and again, misheard."""

    do: Literal["tests"] = "tests"
    errors: float | None = Field(
        None, ge=1, le=100, description="Also with so many errors in 100 words."
    )
    repeat: int = Field(20, ge=1, le=1000, description="Runs of each test with errors.")
    seed: int = Field(1, ge=0, le=1_000_000_000, description="Another number, other errors.")


class WalkWanted(_Strict):
    """Call a draft at random."""

    do: Literal["walk"] = "walk"
    calls: int = Field(1000, ge=1, le=MOST_WALKS)
    seed: int = Field(1, ge=0, le=1_000_000_000, description="Another number, other calls.")


class TrainWanted(_Strict):
    """Learn the examples of a draft's options, and see which are taken for another."""

    do: Literal["train"] = "train"


class ReplayWanted(_Strict):
    """Run recorded calls again through a draft. What callers said is never in the answer."""

    do: Literal["replay"] = "replay"
    last: int = Field(100, ge=1, le=MOST_CALLS, description="At most so many calls, the newest.")
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    calls: list[Annotated[str, Field(min_length=4, max_length=64)]] = Field(
        default_factory=list, max_length=50, description="Only these, by the beginning of their id."
    )
    audio: bool = Field(default=False, description="Recognize the recordings anew.")
    crm: bool = Field(default=False, description="Ask the CRM what the calls didn't look up.")


Wanted = Annotated[TestsWanted | WalkWanted | TrainWanted | ReplayWanted, Field(discriminator="do")]


class Order(BaseModel):
    """All that the process needs."""

    settings: Settings
    flow: str
    wanted: Wanted


class Told(BaseModel):
    """A line that the process prints: how far it is, or how it ended."""

    done: int = 0
    total: int = 0
    result: dict[str, object] | None = None
    error: str = ""
    trouble: dict[str, Any] | None = None
