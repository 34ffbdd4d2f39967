"""What a scripted person can do, as data. Every wait has a bound."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hear:
    """Wait until the other side has spoken and then been silent.

    Attributes:
        what: who or what is listened to, for the narration.
        pause_s: silence that ends it.
        timeout_s: until the end of that silence.
        required: False: go on when nothing is heard in time.
    """

    what: str = "the machine"
    pause_s: float = 0.9
    timeout_s: float = 30.0
    required: bool = True


@dataclass(frozen=True, slots=True)
class Say:
    """Say it, after a moment's thought."""

    text: str
    after_s: float = 0.25


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Say it into what the other side is saying, so long after it began."""

    text: str
    after_s: float
    timeout_s: float = 20.0


@dataclass(frozen=True, slots=True)
class Press:
    """Press keys."""

    keys: str
    after_s: float = 0.25


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call."""


@dataclass(frozen=True, slots=True)
class Stay:
    """Stay until the other side hangs up."""

    timeout_s: float = 120.0


Step = Hear | Say | Interrupt | Press | HangUp | Stay


def wait_for_person(timeout_s: float = 60.0) -> Hear:
    """Music and announcements leave no such silence; a person who has greeted does."""
    return Hear("music, then a person", pause_s=1.6, timeout_s=timeout_s)


def texts(steps: tuple[Step, ...]) -> list[str]:
    """Everything that will be said."""
    return [step.text for step in steps if isinstance(step, Say | Interrupt)]
