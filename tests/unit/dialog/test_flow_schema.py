import json
from pathlib import Path
from typing import Any

import pytest
from flow_mistakes import MISTAKES
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from typer.testing import CliRunner

from dialog.flow_file import check_text, flow_files
from dialog.flow_schema import flow_schema
from dialog.yaml_tree import read_tree
from voxdesk.app.commands.flow import app

pytestmark = pytest.mark.unit

FLOWS = Path(__file__).parents[3] / "config" / "flows"
SCHEMA = Draft7Validator(flow_schema())


def complaints(data: bytes) -> list[str]:
    """What an editor would underline."""
    return [error.message for error in SCHEMA.iter_errors(read_tree(data).plain())]


def test_the_schema_is_one_itself() -> None:
    Draft7Validator.check_schema(flow_schema())


def test_the_published_copy_is_up_to_date() -> None:
    published = json.loads((FLOWS / "flow.schema.json").read_text(encoding="utf-8"))

    assert published == flow_schema(), "voxdesk flow schema > config/flows/flow.schema.json"


def test_the_command_prints_it() -> None:
    result = CliRunner().invoke(app, ["schema"])

    assert json.loads(result.output) == flow_schema()


@pytest.mark.parametrize("path", flow_files(FLOWS), ids=lambda path: path.stem)
def test_every_shipped_flow_names_the_schema_and_keeps_to_it(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]

    assert first == "# yaml-language-server: $schema=flow.schema.json"
    assert complaints(path.read_bytes()) == []


@pytest.mark.parametrize("kind", [kind for kind, mistake in MISTAKES.items() if mistake.structure])
def test_a_mistake_of_structure_is_refused_by_both(kind: str) -> None:
    data = MISTAKES[kind].data

    assert check_text(data, name="x", path="x.yaml").problems
    assert complaints(data)


words = st.sampled_from(["Hello.", "Yes?", "4711", "true", "Your number?"])
targets = st.sampled_from(["a", "b", "bye"])
phrases = st.one_of(words, st.lists(words, min_size=1, max_size=2))
waiting = {
    "again": words,
    "no_input": st.one_of(words, st.lists(words, max_size=2)),
    "attempts": st.integers(0, 10),
    "no_input_s": st.floats(0, 70),
    "confirm": st.sampled_from(["never", "always", "sometimes"]),
    "give_up": targets,
}
every = {
    "barge_in": st.sampled_from(["speech", "off", "on"]),
    "sensitive": st.sampled_from([True, False, "yes"]),
}


def shaped(required: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(required, optional={**optional, **every})


options = st.dictionaries(
    st.sampled_from(["x", "y"]),
    st.fixed_dictionaries(
        {"phrases": phrases},
        optional={"then": targets, "key": st.sampled_from([1, "2", "*", 12])},
    ),
    min_size=1,
)
steps = st.one_of(
    shaped({"say": words, "then": targets}, {}),
    shaped(
        {"ask": st.sampled_from(["free", "yes_no", "digits", "choice"]), "prompt": words},
        {"then": targets, "yes": targets, "no": targets, "options": options, "min_digits":
            st.integers(0, 41), "letters": st.booleans(), **waiting},
    ),
    shaped({"menu": words, "options": options}, waiting),
    shaped({"set": st.dictionaries(targets, words), "then": targets}, {}),
    shaped({"end": st.one_of(st.none(), words)}, {"reason": words}),
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["a", "b"]), steps, max_size=2))
def test_what_the_reader_accepts_the_schema_accepts(own: dict[str, Any]) -> None:
    flow = {"steps": {**own, "bye": {"end": "Goodbye."}}}
    data = json.dumps(flow).encode()  # JSON is YAML 1.2

    if not check_text(data, name="x", path="x.yaml").problems:
        assert complaints(data) == []
