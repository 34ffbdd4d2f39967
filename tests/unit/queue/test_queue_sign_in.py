"""An agent dials in and presses keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.prompts import VALUES
from telephony.queue.sign_in import (
    Begun,
    Changed,
    Check,
    Checked,
    Failed,
    HangUp,
    Key,
    Prompt,
    SetStatus,
    SignIn,
    SignInAction,
    SignInEvent,
    Stage,
    Waited,
    step,
)
from telephony.queue.state import AgentId

pytestmark = pytest.mark.unit

PINS = {("204", ""): "ann", ("310", "1357"): "bob"}


class Phone:
    """An agent's call; checks are answered from `PINS`, changes succeed unless `fails`."""

    def __init__(self, *, fails: bool = False) -> None:
        self.state = SignIn()
        self.heard: list[str] = []
        self.set: list[tuple[str, bool]] = []
        self.over = False
        self._fails = fails
        self.happens(Begun())

    def happens(self, event: SignInEvent) -> None:
        self.state, actions = step(self.state, event)
        for action in actions:
            self._do(action)

    def press(self, keys: str) -> "Phone":
        for key in keys:
            self.happens(Key(key))
        return self

    def wait(self) -> "Phone":
        self.happens(Waited())
        return self

    def _do(self, action: SignInAction) -> None:
        match action:
            case Prompt(key):
                self.heard.append(key.removeprefix("sign_in_"))
            case Check(code, pin):
                found = PINS.get((code, pin))
                self.happens(Checked(AgentId(found) if found else None))
            case SetStatus(agent_id, available):
                self.set.append((agent_id, available))
                self.happens(Failed() if self._fails else Changed())
            case HangUp():
                self.over = True


def test_code_and_one_make_available() -> None:
    phone = Phone().press("204#1")

    assert phone.heard == ["code", "choose", "available", "goodbye"]
    assert phone.set == [("ann", True)]
    assert phone.over


def test_code_pin_and_two_make_away() -> None:
    phone = Phone().press("310#1357#2")

    assert phone.heard == ["code", "pin", "choose", "away", "goodbye"]
    assert phone.set == [("bob", False)]


def test_a_pause_ends_a_number_like_pound() -> None:
    assert Phone().press("204").wait().press("1").set == [("ann", True)]


def test_star_starts_a_number_again() -> None:
    assert Phone().press("99*204#1").set == [("ann", True)]


def test_an_unknown_code_sounds_like_a_wrong_pin() -> None:
    unknown, wrong_pin = Phone().press("999#1111#"), Phone().press("310#1111#")

    assert unknown.heard == wrong_pin.heard == ["code", "pin", "wrong", "code"]


def test_three_wrong_tries_end_the_call() -> None:
    phone = Phone().press("999#1111#" * 3)

    assert phone.over
    assert phone.heard[-2:] == ["wrong", "goodbye"]
    assert phone.press("204#1").set == []


def test_silence_ends_the_call_after_three_prompts() -> None:
    phone = Phone().wait().wait().wait()

    assert phone.heard == ["code", "code", "code", "goodbye"]
    assert phone.over


def test_a_wrong_choice_is_asked_again() -> None:
    assert Phone().press("204#71").set == [("ann", True)]


def test_a_database_that_is_away_is_said() -> None:
    phone = Phone(fails=True).press("204#1")

    assert phone.heard[-2:] == ["failed", "goodbye"]
    assert phone.over


@given(st.lists(st.sampled_from([*"0123456789*#", "wait"]), max_size=80))
def test_any_keys_end_in_a_bounded_call_and_only_known_prompts(keys: list[str]) -> None:
    phone = Phone()
    for key in keys:
        if key == "wait":
            phone.wait()
        else:
            phone.press(key)
    for _ in range(10):
        phone.wait()

    assert phone.over
    assert phone.state.stage is Stage.DONE
    assert {f"sign_in_{key}" for key in phone.heard} <= VALUES.keys()
    assert len(phone.set) <= 1
