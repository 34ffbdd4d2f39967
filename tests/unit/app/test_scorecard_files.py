import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from dialog.yaml_tree import read_tree
from voxdesk.app.scorecards.reading import (
    check_scorecard,
    check_scorecard_file,
    scorecard_files,
)
from voxdesk.app.scorecards.schema import scorecard_schema

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[3]
SCHEMA = Draft7Validator(scorecard_schema())


def asked(question: str, header: str = "title: T") -> str:
    """A scorecard whose question "q" is this one."""
    return f"{header}\nsections:\n  s:\n    title: S\n    questions:\n      q: {question}\n"


# The mistake: the file, where, what is wrong, what is right; whether an editor sees it too.
MISTAKES = {
    "empty": ("", "1:1", 'has no "title"', "", True),
    "no sections": ("title: T\n", "1:1", 'needs "sections"', "sections: {talk:", True),
    "a list": ("- a\n", "1:1", "a list of keys", "sections: {talk:", True),
    "no title": (asked("{ask: Q?}", "languages: [en]"), "1:1", 'has no "title"', "", True),
    "unknown key": (asked("{ask: Q?}", "title: T\npass: 3"), "2:1", 'no key "pass"', "", True),
    "misspelled": (asked("{ask: Q?, guidence: G}"), "6:20", '"guidence"', "guidance", True),
    "no questions": (
        "title: T\nsections: {s: {title: S}}\n", "2:12", 'needs "questions"', "questions:", True,
    ),
    "no ask": (asked("{scale: 1-5}"), "6:7", 'has no "ask"', "", True),
    "no scale that is": (asked("{ask: Q?, scale: 1-10}"), "6:27", "1-10", "scale: 1-5", True),
    "no points": (asked("{ask: Q?, scale: {points: 0}}"), "6:36", '"points" must be', "", True),
    "other points": (asked("{ask: Q?, scale: {max: 9}}"), "6:28", 'no key "max"', "", True),
    "weight": (asked("{ask: Q?, weight: -1}"), "6:28", '"weight" must be a number', "", True),
    "words for weight": (asked("{ask: Q?, weight: much}"), "6:28", '"much"', "weight: 1", True),
    "fatal": (asked("{ask: Q?, fatal: 1}"), "6:27", "true or false", "fatal: true", True),
    "good": (asked("{ask: Q?, good: perhaps}"), "6:26", "yes or no", "good: no", True),
    "good of five": (
        asked('{ask: Q?, scale: 1-5, good: "no"}'), "6:32", "no question of yes or no", "", False,
    ),
    "passed from": (asked("{ask: Q?}", "title: T\npassed_from: 101"), "2:14", "101", "", True),
    "language": (
        asked("{ask: {en: Q?, fr: Q?}}", "title: T"), "6:25", '"fr", a language', "", False,
    ),
    "no text in a language": (
        asked("{ask: {en: Q?}}", "languages: [en, zh]\ntitle: {en: T, zh: T}"),
        "5:12", '"title" has no text for the language "zh"', "en, zh", False,
    ),
    "no language tag": (
        asked("{ask: Q?}", "languages: [english]\ntitle: T"), "1:13", "english", "", False,
    ),
    "twice": (asked("{ask: Q?, ask: R?}"), "6:20", '"ask" twice', "", False),
    "comma": (asked("{ask: Well, is it?}"), "6:22", "between commas", "quotes", False),
    "a name": (
        asked("{ask: Q?}").replace("q:", "my question:"),
        "6:7", "can't be a name", "greeting", True,
    ),
    "nothing counts": (asked("{ask: Q?, weight: 0}"), "2:1", "No question counts", "", False),
    "no YAML": (asked("{ask: Q?"), "7:1", "is missing", "", False),
    "a tag": (asked("!!python/object {ask: Q?}"), "6:10", "Tags", "", False),
    "an alias": (
        asked("{ask: *a}", "title: &a [T, T]\nx: &b [*a, *a]\ny: [*b, *b]"),
        "1:8", "Anchors (&name) are not used", "quotes", False,
    ),
    "too deep": (asked("[" * 40 + "]" * 40), "6:18", "nested", "", False),
    "too large": ("title: T\n#" + "x" * 600_000, "1", "512 KiB", "", False),
    "no text": ("title: \x00\n", "1:8", "", "", False),
    "long": (asked(f"{{ask: {'x' * 3000}}}"), "6:16", "3000 characters", "at most 2000", True),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_where_it_is(mistake: str) -> None:
    text, place, wrong, right, in_schema = MISTAKES[mistake]

    checked = check_scorecard(text.encode(), name="card", path="card.yaml")

    assert f"card.yaml:{place}  " in checked.report, checked.report
    assert wrong in checked.report
    assert right in checked.report
    assert checked.usable is None
    if in_schema:
        assert list(SCHEMA.iter_errors(read_tree(text.encode()).plain()))


def test_a_question_in_two_sections_has_no_name_of_its_own() -> None:
    section = "{title: S, questions: {q: {ask: Q?}}}"
    text = f"title: T\nsections:\n  a: {section}\n  b: {section}\n"

    report = check_scorecard(text.encode(), name="card", path="card.yaml").report

    assert 'card.yaml:4:29  The question "q" is in two sections, "a" and "b".' in report


@given(st.text(max_size=300) | st.binary(max_size=300))
def test_whatever_is_in_a_file_is_answered(content: str | bytes) -> None:
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    checked = check_scorecard(data, name="card", path="card.yaml")
    assert checked.problems or checked.usable


def test_texts_are_kept_to_the_letter_whatever_they_look_like() -> None:
    """Nothing in them is run or filled in, here or by whoever shows them."""
    for text in ("<img src=x onerror=alert(1)>", "{{caller.name}}", "=1+1", "\u202egnorw"):
        data = asked("{ask: " + json.dumps(text) + "}").encode()
        card = check_scorecard(data, name="card", path="card.yaml").usable
        assert card is not None
        assert [dict(one.ask) for one in card.questions()] == [{"en": text}]


def test_more_questions_than_anybody_answers_are_refused() -> None:
    questions = "".join(f"      q{number}: {{ask: Q?}}\n" for number in range(101))
    text = f"title: T\nsections:\n  s:\n    title: S\n    questions:\n{questions}"

    report = check_scorecard(text.encode(), name="card", path="card.yaml").report

    assert "has 101 questions" in report
    assert "make two of it" in report


def test_the_ready_ones_are_right_in_both_languages() -> None:
    files = scorecard_files(ROOT / "config")
    assert [path.stem for path in files] == ["agent_call", "conversation"]
    for path in files:
        checked = check_scorecard_file(path)
        assert checked.report == ""
        assert checked.usable is not None
        assert checked.usable.languages == ("en", "zh")
        assert any(question.fatal for question in checked.usable.questions())
        assert not list(SCHEMA.iter_errors(read_tree(path.read_bytes()).plain()))


def test_editors_have_the_schema_that_there_is() -> None:
    Draft7Validator.check_schema(scorecard_schema())
    copy = json.loads((ROOT / "config/scorecards/scorecard.schema.json").read_text())
    assert copy == scorecard_schema(), "voxdesk scorecards schema > …/scorecard.schema.json"


def test_what_the_reference_shows_can_be_used() -> None:
    page = (ROOT / "docs/reference/scorecards.md").read_text(encoding="utf-8")
    examples = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert examples
    for example in examples:
        assert check_scorecard(example.encode(), name="card", path="card.yaml").report == ""
        assert not list(SCHEMA.iter_errors(read_tree(example.encode()).plain()))
    keys = {"languages", "language", "sections", "title", "questions", "ask", "scale", "weight"}
    keys |= {"description", "passed_from", "not_applicable", "fatal", "good", "guidance"}
    for key in keys:
        assert f"`{key}`" in page, key
        assert any(f"{key}:" in example for example in examples) or key == "language", key
