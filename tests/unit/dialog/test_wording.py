from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.prompts import VALUES, Prompts
from dialog.template import RenderFailed, TemplateProblem, check, holds, render
from voxdesk.kernel.errors import FlowError

pytestmark = pytest.mark.unit

VALUES_OF_A_CALL = {
    "order": {"number": "4711", "total_cents": 123456, "eta": "2026-11-24"},
    "today": "2026-11-21",
}


@pytest.mark.parametrize(
    ("template", "language", "said"),
    [
        ("{{ order.number | spell }}", "en", "4 7 1 1"),
        ("{{ 'AB12' | spell }}", "en", "A B 1 2"),
        ("{{ 1250 | money }}", "en", "$12.50"),
        ("{{ 1200 | money('EUR') }}", "en", "€12"),
        ("{{ 1205 | money('CHF') }}", "en", "12.05 CHF"),
        ("{{ -1205 | money }}", "en", "-$12.05"),
        ("{{ 1250 | money('CNY') }}", "zh", "12.50元"),
        ("{{ '2026-11-20' | day }}", "en", "yesterday"),
        ("{{ '2026-11-21' | day }}", "en", "today"),
        ("{{ '2026-11-24' | day }}", "en", "Tuesday, November 24th"),
        ("{{ '2026-12-01' | day }}", "en", "December 1st"),
        ("{{ '2027-01-02' | day }}", "en", "January 2nd, 2027"),
        ("{{ '2026-11-11' | day }}", "en", "November 11th"),
        ("{{ '' | day }}", "en", ""),
        ("{{ nobody | day }}", "en", ""),
        ("{{ '2026-11-23' | day }}", "zh", "后天"),
        ("{{ '2026-11-24' | day }}", "zh", "11月24日星期二"),
        ("{{ '2027-01-02' | day }}", "zh", "2027年1月2日"),
        ("Hello {{ caller.first_name }}.", "en", "Hello ."),
        ("a\n  b", "en", "a b"),
    ],
)
def test_values_are_said_as_people_say_them(template: str, language: str, said: str) -> None:
    assert render(template, VALUES_OF_A_CALL, language) == said


@pytest.mark.parametrize(
    "template",
    [
        "{{ 'x' * 10000000 }}", "{{ '%99999999d' % 1 }}", "{{ 2 ** 99999999 }}",
        "{% for a in order %}x{% endfor %}", "{{ order.keys() }}", "{% macro m() %}{% endmacro %}",
        "{{ ''.__class__.__mro__ }}", "{% include 'x' %}", "{{ range(99999999) }}",
        "{{ order | pprint }}", "{{ '{:99999999}'.format(1) }}", "{% set x = 1 %}", "{{ x",
    ],
)  # fmt: skip
def test_what_could_harm_is_refused_or_empty(template: str) -> None:
    try:
        check(template)
    except TemplateProblem:
        with pytest.raises(RenderFailed):
            render(template, VALUES_OF_A_CALL)
    else:
        assert render(template, VALUES_OF_A_CALL) == ""


def test_conditions_read_the_values_of_the_call() -> None:
    assert holds("order.number == '4711' and not caller.known", VALUES_OF_A_CALL)
    assert not holds("nobody", VALUES_OF_A_CALL)
    with pytest.raises(RenderFailed):
        holds("order.total_cents > 'x'", VALUES_OF_A_CALL)


@given(st.text(max_size=100))
def test_a_text_is_rendered_or_refused(template: str) -> None:
    with suppress(RenderFailed):
        render(template, VALUES_OF_A_CALL)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_wording_can_be_said_in_every_language(prompts: Prompts, language: str) -> None:
    for key, names in VALUES.items():
        said = prompts.get(key, language, **dict.fromkeys(names, 4))

        assert said
        assert "{" not in said


def test_a_list_of_wordings_is_said_in_turn_and_its_last_one_from_then_on(
    prompts: Prompts,
) -> None:
    said = [prompts.get("no_input", "en", turn=turn) for turn in range(5)]

    assert said[0] != said[1] != said[2]
    assert said[2:] == [said[2]] * 3


def test_a_language_without_wording_is_spoken_to_in_english(prompts: Prompts) -> None:
    assert prompts.get("goodbye", "fr-CA") == "Goodbye."
    assert prompts.get("goodbye", "zh-CN") == "再见。"


def test_wordings_without_values_can_be_spoken_before_the_first_call(prompts: Prompts) -> None:
    texts = prompts.fixed_texts("en")

    assert "Goodbye." in texts
    assert not any("{" in text for text in texts)


def test_wrong_wording_is_explained_all_at_once(tmp_path: Path) -> None:
    (tmp_path / "en.yaml").write_text("goodby: Bye.\nconfirm: '{{ valu }}?'\nhold: {a: b}\n")

    with pytest.raises(FlowError) as failed:
        Prompts.load(tmp_path)
    said = str(failed.value)

    assert 'en.yaml:1  "goodby" is not a wording that is used. Did you mean "goodbye"?' in said
    assert 'en.yaml:2  "confirm": uses valu; its values are: value.' in said
    assert 'en.yaml:3  "hold" must be a text, or a list of texts.' in said
    assert "lacks no_input" in said


def test_a_folder_without_wording_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FlowError, match=r"en\.yaml at least"):
        Prompts.load(tmp_path)
