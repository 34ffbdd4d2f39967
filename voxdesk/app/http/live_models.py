"""Live calls, numbers and alarms as the API has them."""

from typing import Literal

from pydantic import BaseModel, Field


class LineOut(BaseModel):
    """One thing that was said. `text` is null at a sensitive step, of which nothing is kept."""

    seq: int
    side: Literal["caller", "voxdesk", "agent"]
    at_ms: int = Field(description="Milliseconds since answer.")
    text: str | None


class LiveCallOut(BaseModel):
    """A call in progress. Who may not see words gets no customer, line, partial and feeling."""

    id: str
    direction: Literal["inbound", "outbound"]
    caller: str = Field(description="The other end's number; only its last digits are shown.")
    flow: str
    step: str
    language: str
    node: str
    is_here: bool = Field(description="It can be listened to and ended from here.")
    started_at: str | None
    answered_at: str | None
    stage: Literal["ringing", "machine", "waiting", "person", "ended"]
    since: str | None = Field(description="From when on it is in this stage.")
    queue: str
    position: int = Field(description="In the queue, 1 is next; 0: not known.")
    agent: str
    latencies_ms: list[int] = Field(
        description="Caller's last sound to the answer's first, of the latest turns."
    )
    stumbles: int
    errors: int
    held: bool
    secret: bool = Field(description="A sensitive step: no sound, no words.")
    cause: str
    customer: str | None = None
    line: LineOut | None = None
    partial: str | None = Field(None, description="Words that are being recognized.")
    feeling: str | None = None


class NumbersOut(BaseModel):
    """Numbers of a stretch of time. Shares are 0..1; null where nothing happened."""

    offered: int
    answered: int
    abandoned: int
    abandoned_share: float | None
    queued: int
    service_level: float | None
    asa_s: float | None
    aht_s: float | None
    containment: float | None
    transfers: int
    csat: float | None
    waiting_now: int


class HourOut(NumbersOut):
    """Of one hour: the calls that began in it."""

    start: str


class DayOut(BaseModel):
    """Today, where the call centre is."""

    day: str
    total: NumbersOut
    hours: list[HourOut]
    goals: dict[str, float]


class AlarmOut(BaseModel):
    """A number that was off its goal."""

    id: int
    name: str
    value: float
    goal: float
    raised_at: str
    cleared_at: str | None
    acknowledged_at: str | None
    acknowledged_by: str
    note: str


class StateOut(BaseModel):
    """What the live view hangs on."""

    engine: Literal["there", "away"]
    database: Literal["there", "away"]


class LiveOut(BaseModel):
    """Everything at once; then follow `/live/events`."""

    calls: list[LiveCallOut]
    state: StateOut
    numbers: DayOut | None
    alarms: list[AlarmOut]


class LinesOut(BaseModel):
    """What was said in a live call so far."""

    lines: list[LineOut]
    partial: str


class EndIn(BaseModel):
    """Why a call is ended."""

    reason: str = Field(min_length=3, max_length=300)


class AcknowledgeIn(BaseModel):
    """What is done about an alarm."""

    note: str = Field("", max_length=500)
