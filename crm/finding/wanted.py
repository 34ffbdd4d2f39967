"""Which calls somebody wants to see, in which order. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from crm.finding.query import Query


class Sort(StrEnum):
    """What a list is ordered by; the largest first unless turned round."""

    STARTED = "started"
    DURATION = "duration"
    SILENCE = "silence"
    LATENCY = "latency"
    NO_MATCHES = "no_matches"


class State(StrEnum):
    """Whether calls go on."""

    ANY = ""
    LIVE = "live"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which calls: all that are given must hold.

    Attributes:
        call: beginning of its id.
        caller: part of the number or name.
        customer: part of the name.
        versions: hashes or beginnings of them; any of them.
        consent: how far the caller heard of the recording, a `Told`.
        outcome: a disposition, or a cause where there is none.
        silence_ms: a silence at least so long; the same with the others that follow.
    """

    since: datetime | None = None
    until: datetime | None = None
    state: State = State.ANY
    call: str = ""
    caller: str = ""
    customer_id: int | None = None
    customer: str = ""
    flow: str = ""
    versions: tuple[str, ...] = ()
    step: str = ""
    outcome: str = ""
    cause: str = ""
    agent: str = ""
    language: str = ""
    feeling: str = ""
    consent: str = ""
    transferred: bool | None = None
    recorded: bool | None = None
    silence_ms: int | None = None
    no_matches: int | None = None
    no_inputs: int | None = None
    slow_turns: int | None = None
    latency_ms: int | None = None
    text: Query = field(default_factory=Query)
    sort: Sort = Sort.STARTED
    ascending: bool = False

    @property
    def needs_facts(self) -> bool:
        """Whether only calls with figures can be meant."""
        figures = (
            self.silence_ms,
            self.no_matches,
            self.no_inputs,
            self.slow_turns,
            self.latency_ms,
        )
        return (
            any(figure is not None for figure in figures)
            or bool(self.step or self.feeling or self.consent or self.text.terms)
            or self.sort is not Sort.STARTED
        )
