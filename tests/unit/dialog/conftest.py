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


@pytest.fixture(scope="session")
def prompts() -> Prompts:
    return Prompts.load(CONFIG / "prompts")


@pytest.fixture(scope="session")
def shop(prompts: Prompts) -> Dialogue:
    return Dialogue(load_flow(CONFIG / "flows" / "shop.yaml"), prompts)


@pytest.fixture(scope="session")
def flow(prompts: Prompts) -> Callable[[str], Dialogue]:
    """Makes a dialogue of a flow that is written in the test."""

    def make(text: str) -> Dialogue:
        checked = check_text(text.encode(), name="test", path="test.yaml")
        assert not checked.problems, checked.report
        assert checked.flow is not None
        return Dialogue(checked.flow, prompts)

    return make
