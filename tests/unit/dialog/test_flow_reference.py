import re
from pathlib import Path

import pytest

from dialog.catalogue import CRM
from dialog.dialogue import Dialogue
from dialog.events import Listen, Note
from dialog.flow import Waiting
from dialog.flow_file import check_text
from dialog.flow_sources import Parts
from dialog.flow_steps import EVERY, KINDS
from dialog.flow_templates import GIVEN, RECORDS
from dialog.prompts import Prompts
from dialog.template import FILTER_NAMES
from dialog.text_call import TextCall
from voxdesk.app.outside.reading import check_service
from voxdesk.app.outside.service import catalogue_of
from voxdesk.kernel.call import EventKind

pytestmark = pytest.mark.unit

DOCS = Path(__file__).parents[3] / "docs" / "reference"
TEXT = (DOCS / "flows.md").read_text(encoding="utf-8")
SERVICE = re.findall(r"```yaml\n(.*?)```", (DOCS / "services.md").read_text(), re.DOTALL)[0]
WAREHOUSE = check_service(SERVICE.encode(), name="warehouse")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
KNOWN = re.search(
    r"```yaml\n(.*?)```", (DOCS / "knowledge.md").read_text(encoding="utf-8"), re.DOTALL
)
assert KNOWN is not None
NAMED = Parts(
    {
        name: text.encode()
        for name, text in re.findall(r"```yaml\n# (\w+)\.yaml\n(.*?)```", TEXT, re.DOTALL)
    }
    | {"knowledge/shop": KNOWN[1].encode()}
)


def test_the_example_of_a_service_has_no_problems() -> None:
    assert WAREHOUSE[1] == ()


@pytest.mark.parametrize("place", range(len(EXAMPLES)))
def test_every_example_of_the_reference_is_a_flow_without_problems(place: int) -> None:
    catalogue = CRM.and_also(catalogue_of([service] if (service := WAREHOUSE[0]) else []))
    data, path = EXAMPLES[place].encode(), f"example {place}"
    checked = check_text(data, name="example", path=path, sources=NAMED, catalogue=catalogue)

    assert checked.report == ""


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_step_has_a_section_with_an_example(kind: str) -> None:
    section = re.search(rf"^## {kind}\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE)

    assert section is not None
    assert re.search(rf"^    {kind}:|{{{kind}:", section[1], re.MULTILINE)


def test_every_key_filter_and_variable_is_named() -> None:
    keys = {key for _, own in KINDS.values() for key in own} | set(EVERY)
    fields = {field for record in ("caller", "order") for field in RECORDS[record]}
    named = set(re.findall(r"[a-z_]+", TEXT))

    assert keys | fields | set(GIVEN) | (set(FILTER_NAMES) - {"d", "count"}) <= named


@pytest.mark.parametrize(
    ("section", "said", "heard"),
    [
        (
            "anywhere",
            ("nearest shop", "Berlin", "when are you open", "four seven one one"),
            (
                "In Berlin we are at the market. Back to your order number. What is it? "
                "We are open from 9 to 6. Back to your order number. What is it? "
                "When did you order?"
            ),
        ),
        (
            "when_upset",
            ("this is ridiculous", "you idiots", "yes"),
            "Would you rather talk to a person? I'm getting you a person.",
        ),
    ],
)
def test_the_example_of_what_holds_in_a_whole_flow_does_what_the_page_says(
    section: str, said: tuple[str, ...], heard: str, prompts: Prompts
) -> None:
    found = re.search(rf"^## {section}\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE)
    assert found is not None
    example = re.search(r"```yaml\n(.*?)```", found[1], re.DOTALL)
    assert example is not None
    flow = check_text(example[1].encode(), name="example", path=section).flow
    assert flow is not None

    call = TextCall(Dialogue(flow, prompts))
    for text in said:
        call.says(text)

    assert heard in " ".join(call.said)


def test_the_defaults_of_the_reference_are_those_of_the_code() -> None:
    step = Waiting(name="x")

    assert f"failed tries before giving up ({step.attempts})" in TEXT
    assert f"count as no answer ({step.no_input_s:g})" in TEXT
    assert f"end a keyed number ({step.inter_digit_s:g})" in TEXT
    assert f"the longest answer ({step.max_speech_s:g})" in TEXT


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_of_a_kind_runs_and_is_heard(kind: str, prompts: Prompts) -> None:
    section = re.search(rf"^## {kind}\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE)
    assert section is not None
    example = re.search(r"```yaml\n(.*?)```", section[1], re.DOTALL)
    assert example is not None
    flow = check_text(example[1].encode(), name="example", path=kind, sources=NAMED).flow
    assert flow is not None
    record = {"number": "4711", "status": "shipped"}
    caller = {"known": True, "first_name": "Ann", "phone": "5550100", "open_orders": ["4711"]}
    caller["last_order"] = record

    call = TextCall(Dialogue(flow, prompts), caller=caller, records={("order", "4711"): record})
    if isinstance(call.pending, Listen):
        call.presses("4711" if kind in {"ask", "lookup"} else "1")

    entered = [
        flow.steps[action.data["step"]].kind
        for action in call.actions
        if isinstance(action, Note) and action.kind == EventKind.STEP
    ]
    assert kind in entered
    assert call.said
