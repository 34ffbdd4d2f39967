"""Signing in by phone: keys in, prompts and checks out. Pure; the app speaks and looks up.

The agent keys in a code and `#`, a PIN and `#` where one is set, then 1 to be available or 2 to be
away. Prompts are named by the key of their wording. An unknown code is asked for a PIN too, so that
nobody learns which codes exist.
"""

import enum
from dataclasses import dataclass, replace

from telephony.queue.state import AgentId

MAX_DIGITS = 16
TRIES = 3
CHOICES = {"1": True, "2": False}


class Stage(enum.Enum):
    """What is being waited for."""

    CODE = "code"
    PIN = "pin"
    CHECK = "check"  # the app's answer
    CHOICE = "choice"
    CHANGE = "change"  # the app's answer
    DONE = "done"


@dataclass(frozen=True, slots=True)
class SignIn:
    """How far the agent has come; start with `SignIn()` and `Begun`."""

    stage: Stage = Stage.CODE
    digits: str = ""
    code: str = ""
    pin_asked: bool = False
    tries_left: int = TRIES
    agent_id: AgentId | None = None
    available: bool = False


# ------------------------------------------------------------------ in


@dataclass(frozen=True, slots=True)
class Begun:
    """The call was answered."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key."""

    digit: str


@dataclass(frozen=True, slots=True)
class Waited:
    """No key came for some seconds after the last one or the prompt's end."""


@dataclass(frozen=True, slots=True)
class Checked:
    """Whose code and PIN these are; None: nobody's."""

    agent_id: AgentId | None


@dataclass(frozen=True, slots=True)
class Changed:
    """The status is set."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The check or the change couldn't be done: the database is away."""


SignInEvent = Begun | Key | Waited | Checked | Changed | Failed

# ------------------------------------------------------------------ out


@dataclass(frozen=True, slots=True)
class Prompt:
    """Say the wording of this key, `sign_in_…`."""

    key: str


@dataclass(frozen=True, slots=True)
class Check:
    """Find the agent (`QueueService.find_agent`), then `Checked` or `Failed`."""

    code: str
    pin: str


@dataclass(frozen=True, slots=True)
class SetStatus:
    """Set it (`QueueService.set_available`), then `Changed` or `Failed`."""

    agent_id: AgentId
    available: bool


@dataclass(frozen=True, slots=True)
class HangUp:
    """After what is being said, the call is over."""


SignInAction = Prompt | Check | SetStatus | HangUp


def step(  # noqa: C901, PLR0911  one table of events and stages
    state: SignIn, event: SignInEvent
) -> tuple[SignIn, tuple[SignInAction, ...]]:
    """What follows; an event that doesn't fit the stage changes nothing."""
    match event, state.stage:
        case Begun(), Stage.CODE:
            return state, (Prompt("sign_in_code"),)
        case Key("#"), Stage.CODE | Stage.PIN:
            return _entered(state)
        case Key("*"), Stage.CODE | Stage.PIN:
            return replace(state, digits=""), ()
        case Key(digit), Stage.CODE | Stage.PIN if digit.isdecimal():
            return replace(state, digits=(state.digits + digit)[:MAX_DIGITS]), ()
        case Key(digit), Stage.CHOICE if digit in CHOICES and state.agent_id:
            available = CHOICES[digit]
            chosen = replace(state, stage=Stage.CHANGE, available=available)
            return chosen, (SetStatus(state.agent_id, available=available),)
        case Waited(), Stage.CODE | Stage.PIN if state.digits:
            return _entered(state)
        case Key() | Waited(), Stage.CHOICE:
            return _again(state, Prompt("sign_in_choose"))
        case Waited(), Stage.CODE:
            return _again(state, Prompt("sign_in_code"))
        case Waited(), Stage.PIN:
            return _again(state, Prompt("sign_in_pin"))
        case Checked(agent_id), Stage.CHECK:
            return _checked(state, agent_id)
        case Changed(), Stage.CHANGE:
            return _over(state, Prompt(f"sign_in_{'available' if state.available else 'away'}"))
        case Failed(), Stage.CHECK | Stage.CHANGE:
            return _over(state, Prompt("sign_in_failed"))
    return state, ()


_Result = tuple[SignIn, tuple[SignInAction, ...]]


def _entered(state: SignIn) -> _Result:
    if not state.digits:
        return state, ()
    if state.stage is Stage.CODE:
        asked = replace(state, stage=Stage.CHECK, code=state.digits, digits="")
        return asked, (Check(asked.code, ""),)
    return replace(state, stage=Stage.CHECK, digits=""), (Check(state.code, state.digits),)


def _checked(state: SignIn, agent_id: AgentId | None) -> _Result:
    if agent_id is not None:
        known = replace(state, stage=Stage.CHOICE, agent_id=agent_id, tries_left=TRIES)
        return known, (Prompt("sign_in_choose"),)
    if not state.pin_asked:
        return replace(state, stage=Stage.PIN, pin_asked=True), (Prompt("sign_in_pin"),)
    begun = replace(state, stage=Stage.CODE, code="", pin_asked=False)
    return _again(begun, Prompt("sign_in_wrong"), Prompt("sign_in_code"))


def _again(state: SignIn, *prompts: Prompt) -> _Result:
    if state.tries_left <= 1:
        return _over(state, *prompts[:-1])
    return replace(state, digits="", tries_left=state.tries_left - 1), prompts


def _over(state: SignIn, *prompts: Prompt) -> _Result:
    done = replace(state, stage=Stage.DONE, digits="", code="")
    return done, (*prompts, Prompt("sign_in_goodbye"), HangUp())
