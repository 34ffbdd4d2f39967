from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from dialog.dialogue import Dialogue
from dialog.flow_file import check_text, load_flow
from dialog.prompts import Prompts

# A busy machine is no failure: a property is about values, not about milliseconds.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

CONFIG = Path(__file__).parents[3] / "config"
DESK = """
person: people
steps:
  ask:
    menu: Orders or a taxi?
    options:
      orders: {phrases: [orders], key: 1, then: number}
      taxi: {phrases: [taxi], key: 2, then: taxi}
  number: {ask: order_number, prompt: Which number?, slot: nr, min_digits: 4, then: find}
  find: {lookup: order, by: {number: "{{ nr }}"}, found: told, missing: gone, failed: gone}
  told: {say: "It is {{ order.status }}.", then: more}
  gone: {say: I have no such order., then: more}
  more: {ask: yes_no, prompt: Anything else?, yes: ask, no: bye}
  taxi:
    transfer: sip:taxi@192.0.2.1
    then: bye
    busy: gone
    no_answer: gone
    refused: gone
    failed: gone
  people:
    queue: help
    prompt: I get you somebody.
    then: bye
    left_queue: voice
    timed_out: voice
    no_agents: voice
    failed: voice
  voice: {message: help, then: bye}
  bye: {end: Goodbye.}
"""


@pytest.fixture(scope="session")
def prompts() -> Prompts:
    return Prompts.load(CONFIG / "prompts")


@pytest.fixture(scope="session")
def shop(prompts: Prompts) -> Dialogue:
    return Dialogue(load_flow(CONFIG / "flows" / "shop.yaml"), prompts)


@pytest.fixture(scope="session")
def counter(prompts: Prompts) -> Dialogue:
    """A small shop's counter, whose steps and words don't change with what callers want next."""
    return Dialogue(load_flow(CONFIG.parent / "tests" / "e2e" / "flows" / "counter.yaml"), prompts)


@pytest.fixture(scope="session")
def flow(prompts: Prompts) -> Callable[[str], Dialogue]:
    """Makes a dialogue of a flow that is written in the test."""

    def make(text: str) -> Dialogue:
        checked = check_text(text.encode(), name="test", path="test.yaml")
        assert not checked.problems, checked.report
        assert checked.flow is not None
        return Dialogue(checked.flow, prompts)

    return make


@pytest.fixture(scope="session")
def faulty(prompts: Prompts) -> Callable[[str], Dialogue]:
    """The same for a flow with faults that the check would have told, and only such."""

    def make(text: str) -> Dialogue:
        checked = check_text(text.encode(), name="test", path="test.yaml")
        assert checked.problems, "nothing is wrong with it"
        assert checked.flow is not None
        return Dialogue(checked.flow, prompts)

    return make


@pytest.fixture(scope="session")
def desk(flow: Callable[[str], Dialogue]) -> Dialogue:
    """A small flow with one step of each kind that waits for somebody."""
    return flow(DESK)
