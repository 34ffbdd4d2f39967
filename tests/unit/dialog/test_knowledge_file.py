# ruff: noqa: RUF001  Chinese text is Chinese
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from dialog.bundle import bundled, unbundled
from dialog.dialogue import Dialogue
from dialog.flow_file import check_file, check_text
from dialog.knowledge.file import check_knowledge, knowledge_files
from dialog.knowledge.schema import knowledge_schema
from dialog.prompts import Prompts
from dialog.text_call import TextCall
from dialog.yaml_tree import read_tree

pytestmark = pytest.mark.unit

FOLDER = Path(__file__).parents[3] / "config" / "knowledge"
SCHEMA = Draft7Validator(knowledge_schema())
R = "question: How long?, answer: 30 days."
FLOW = """
knowledge: shop
steps:
  q: {answer: What would you like to know?, then: bye, unknown: bye}
  bye: {end: Goodbye.}
"""


def a(question: str, *more: str) -> str:
    """A file whose question "a" is this one."""
    return "\n".join(["questions:", f"  a: {question}", *(f"  {line}" for line in more)])


# The mistake: the file, where, what is wrong, what is right; whether an editor sees it too.
MISTAKES = {
    "no questions": ("languages: [en]\n", "1", 'needs "questions"', "questions: {returns:", True),
    "a list": ("- a\n", "1:1", "a list of keys", "questions: {returns:", True),
    "empty": ("", "1", 'needs "questions"', "questions:", True),
    "not YAML": (a('{question: "How'), "2:17", "never closed", "Add the same quote", False),
    "a key of the file": (
        "question: {}\n" + a(f"{{{R}}}"),
        "1",
        'no key "question"',
        '"questions"',
        True,
    ),
    "a key": (a(f"{{{R}, variant: x}}"), "2", 'the key "variant"', '"variants"', True),
    "a key twice": (a(f"{{{R}, answer: 2}}"), "2", 'the key "answer" twice', "Only one", False),
    "a comma": (a(f"{{{R}, or more}}"), "2", '"or more" stands between commas', "quotes", False),
    "no answer": (a("{question: How?}"), "2", 'no "answer"', "", True),
    "no question": (a("{answer: So.}"), "2", 'no "question"', "", True),
    "empty answer": (
        a('{question: How?, answer: ""}'),
        "2:31",
        "is empty",
        "Write what is said",
        True,
    ),
    "a text": (a("30 days"), "2:6", "a list of keys", "questions: {returns:", True),
    "a name with a slash": (
        a(f"{{{R}}}").replace("a:", "a/b:", 1),
        "2",
        '"a/b" can\'t be',
        "one word",
        True,
    ),
    "a name with a space": (
        a(f"{{{R}}}").replace("  a:", "  a b:"),
        "2",
        '"a b" can\'t be',
        "one word",
        True,
    ),
    "no day": (a(f"{{{R}, from: soon}}"), "2:52", '"from" must be a day', "2026-12-31", True),
    "a day of February": (
        a(f"{{{R}, until: 2026-02-30}}"),
        "2",
        "must be a day",
        "2026-12-31",
        False,
    ),
    "days turned round": (
        a(f"{{{R}, from: 2026-12-31, until: 2026-01-01}}"),
        "2",
        "no caller ever",
        "from: 2026-01-01",
        False,
    ),
    "empty variants": (
        a(f"{{{R}, variants: []}}"),
        "2",
        '"variants" is empty',
        "Write variants",
        True,
    ),
    "a variant too long": (
        a(f"{{{R}, variants: [{'x' * 301}]}}"),
        "2",
        "longer than 300",
        "few words",
        True,
    ),
    "a language": (
        "languages: [en, zh]\n" + a(f"{{{R}}}"),
        "3",
        'no text for the language "zh"',
        "en, zh",
        False,
    ),
    "a language that is none": (
        "languages: [en, klingon]\n" + a(f"{{{R}}}"),
        "1",
        "no language tag",
        "",
        False,
    ),
    "a text in a language that isn't there": (
        a("{question: {en: How?, zh: 多久？}, answer: So.}"),
        "2",
        "a language the flow lacks",
        "en",
        False,
    ),
    "another script": (
        a("{question: 多久？, answer: So.}"),
        "2",
        "isn't written in that script",
        '"zh"',
        False,
    ),
    "a variant in another script": (
        a(f"{{{R}, variants: [多久]}}"),
        "2",
        "isn't written in that script",
        '"zh"',
        False,
    ),
    "the same twice": (
        a(f"{{{R}}}", "b: {question: How long, answer: No.}"),
        "3",
        'asks both "a" and "b"',
        "overlap",
        False,
    ),
    "a template in a question": (
        a('{question: "How long is {{ today }}?", answer: So.}'),
        "2",
        "is a template",
        "plain words",
        False,
    ),
    "a template in a variant": (
        a(f'{{{R}, variants: ["is it {{{{ today }}}}"]}}'),
        "2",
        "is a template",
        "plain words",
        False,
    ),
    "a variable of a flow": (
        a('{question: How?, answer: "{{ order.eta }}"}'),
        "2",
        'the variable "order"',
        "today",
        False,
    ),
    "a field": (
        a('{question: How?, answer: "So, {{ caller.frist_name }}."}'),
        "2",
        "caller.frist_name",
        "first_name",
        False,
    ),
    "a loop": (
        a('{question: How?, answer: "{% for x in caller %}x{% endfor %}"}'),
        "2",
        "uses loops",
        "It is",
        False,
    ),
    "a way out of the sandbox": (
        a('{question: How?, answer: "Hm {{ caller.__class__ }}"}'),
        "2",
        "__class__",
        "",
        False,
    ),
    "an answer that may be empty": (
        a('{question: How?, answer: "{{ caller.first_name }}"}'),
        "2",
        "may be empty",
        "beside its values",
        False,
    ),
    "an address": (
        a("{question: How?, answer: See https://example.com/x}"),
        "2",
        "nobody can follow",
        "example dot com",
        False,
    ),
    "an emoji": (
        a("{question: How?, answer: So 🙂}"),
        "2",
        "no voice says",
        "slightly smiling face",
        False,
    ),
    "a tab": ("questions:\n\ta: {}", "2", "tab", "spaces", False),
    "a list of questions": ("questions: [a]\n", "1", 'needs "questions"', "by name", True),
}


@pytest.mark.parametrize("kind", MISTAKES)
def test_a_mistake_is_told_with_its_place_and_what_would_be_right(kind: str) -> None:
    text, at, wrong, right, _ = MISTAKES[kind]

    report = check_knowledge(text.encode(), name="x", path="x.yaml").report

    assert f"x.yaml:{at}" in report
    assert wrong in report
    assert right in report
    assert "Traceback" not in report


@pytest.mark.parametrize("kind", [kind for kind, row in MISTAKES.items() if row[4]])
def test_an_editor_underlines_a_mistake_of_structure(kind: str) -> None:
    assert list(SCHEMA.iter_errors(read_tree(MISTAKES[kind][0].encode()).plain()))


def test_the_schema_is_one_itself_and_its_copy_is_up_to_date() -> None:
    Draft7Validator.check_schema(knowledge_schema())
    copy = json.loads((FOLDER / "knowledge.schema.json").read_text(encoding="utf-8"))
    assert copy == knowledge_schema(), "voxdesk knowledge schema > …/knowledge.schema.json"


@pytest.mark.parametrize("path", knowledge_files(FOLDER), ids=lambda path: path.stem)
def test_what_is_shipped_is_right_and_keeps_to_the_schema(path: Path) -> None:
    data = path.read_bytes()

    assert data.startswith(b"# yaml-language-server: $schema=knowledge.schema.json\n")
    assert check_knowledge(data, name=path.stem, path=str(path)).report == ""
    assert not list(SCHEMA.iter_errors(read_tree(data).plain()))


def test_the_same_question_may_have_an_answer_for_each_season() -> None:
    text = a(
        "{question: When are you open?, answer: Till six., until: 2026-11-30}",
        "b: {question: When are you open?, answer: Till nine., from: 2026-12-01}",
    )

    assert check_knowledge(text.encode(), name="x", path="x").report == ""


# ------------------------------------------------------------------ a flow with its knowledge


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    """A flow's file whose knowledge lies where a flow's knowledge lies."""
    for folder in ("flows", "knowledge"):
        (tmp_path / folder).mkdir()
    (tmp_path / "knowledge" / "shop.yaml").write_text(a(f"{{{R}}}"))
    path = tmp_path / "flows" / "desk.yaml"
    path.write_text(FLOW)
    return path


def test_a_flow_has_its_knowledge_with_it_wherever_it_goes(flow: Path) -> None:
    read = check_file(flow)
    again = check_text(read.data, name="desk", path="desk")

    assert read.report == again.report == ""
    assert read.flow is not None
    assert again.flow is not None
    assert again.flow.version == read.flow.version
    assert [*again.flow.knowledge["shop"].questions] == ["a"]


def test_another_answer_is_another_version_of_the_flow(flow: Path) -> None:
    before = check_file(flow).flow
    (flow.parents[1] / "knowledge" / "shop.yaml").write_text(a("{question: How?, answer: 60.}"))
    after = check_file(flow).flow

    assert before is not None
    assert after is not None
    assert before.version != after.version


@pytest.mark.parametrize(
    ("change", "wrong", "right"),
    [
        ({"knowledge: shop": "knowledge: shpo"}, 'no knowledge "shpo"', 'Did you mean "shop"?'),
        ({"knowledge: shop\n": ""}, "doesn't say in which knowledge", "knowledge: [shop]"),
        ({"knowledge: shop": "knowledge: ../flows/desk"}, "There is no knowledge", "shop"),
        ({"What would you like to know?": '""'}, '"answer" is empty', "Write what is said"),
        ({"What would you like to know?": ""}, "asks nothing", "words:"),
        ({"unknown: bye": "nothing: bye"}, 'no "unknown"', ""),
        ({"knowledge: shop": "knowledge: shop\nlanguages: [en, zh]"}, 'has nothing in "zh"', "en"),
        ({"then: bye": "then: bye, attemps: 2"}, '"attemps"', '"attempts"'),
    ],
)
def test_a_mistake_in_a_step_that_answers_is_told(
    flow: Path, change: dict[str, str], wrong: str, right: str
) -> None:
    text = FLOW
    for before, after in change.items():
        assert before in text
        text = text.replace(before, after)
    flow.write_text(text)

    report = check_file(flow).report

    assert wrong in report
    assert right in report


def test_answering_the_same_words_again_and_again_is_a_loop(flow: Path) -> None:
    flow.write_text(
        "knowledge: shop\n"
        "steps:\n"
        "  wish: {ask: free, prompt: What is it?, then: q}\n"
        '  q: {answer: What else?, words: "{{ wish }}", then: q, unknown: bye}\n'
        "  bye: {end: Goodbye.}\n"
    )

    assert "a loop without any wait for the caller: wish → q → q" in check_file(flow).report


def test_a_subflow_brings_its_knowledge_with_it(flow: Path) -> None:
    (flow.parents[1] / "knowledge" / "bank.yaml").write_text(a("{question: Who?, answer: We.}"))
    (flow.parent / "bank.yaml").write_text(
        "knowledge: bank\n"
        "steps:\n"
        "  q: {answer: What is it?, then: back, unknown: back}\n"
        "  back: {return: }\n"
    )
    flow.write_text(
        FLOW.replace("then: bye", "then: more").replace(
            "  bye:", "  more: {subflow: bank, then: bye}\n  bye:"
        )
    )

    read = check_file(flow)

    assert read.report == ""
    assert read.flow is not None
    assert set(read.flow.knowledge) == {"shop", "bank"}
    again = check_text(read.data, name="desk", path="desk").flow
    assert again is not None
    assert again.version == read.flow.version
    call = TextCall(Dialogue(read.flow, Prompts.load(FOLDER.parent / "prompts")))
    call.says("how long").says("who")
    assert call.heard_now == "We. Goodbye."


def test_a_flow_with_mistakes_in_its_knowledge_names_the_first_and_where_to_see_all(
    flow: Path,
) -> None:
    (flow.parents[1] / "knowledge" / "shop.yaml").write_text(a("{question: How?}"))

    report = check_file(flow).report

    assert 'desk.yaml:2:12  The knowledge "shop" has a problem; the first: ' in report
    assert "shop.yaml:2" in report
    assert "voxdesk knowledge check shop" in report


names = st.from_regex(r"[\w-]{1,12}", fullmatch=True)
parts = names | names.map(lambda name: f"knowledge/{name}")
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0")).map(str.encode)


@given(flow=texts, others=st.dictionaries(parts, texts, max_size=3))
def test_parts_that_are_put_together_come_out_as_they_went_in(
    flow: bytes, others: dict[str, bytes]
) -> None:
    whole = bundled(flow, others)

    assert unbundled(whole) == (flow, others)
    assert others or whole == flow


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    assert check_knowledge(data, name="x", path="x.yaml").problems
