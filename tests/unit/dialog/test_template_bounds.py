from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.dialogue import Dialogue
from dialog.template import RenderFailed, always_speaks, render
from dialog.template_sandbox import MAX_TEXT
from dialog.text_call import TextCall

pytestmark = pytest.mark.unit

LONG = {"name": "x" * 3000, "items": ["x" * 100] * 1000, "order": {"number": "4711", "eta": None}}


@pytest.mark.parametrize(
    "template",
    [
        "{{ name }}{{ name }}", "{{ items | join(name) }}", "{{ name | join(name) | join(name) }}",
        "{{ 1.5 | round(999999999) }}", "{{ order }}", "{{ items }}",
    ],
)  # fmt: skip
def test_a_text_that_its_values_blow_up_is_refused_while_the_call_runs(template: str) -> None:
    with pytest.raises(RenderFailed):
        render(template, LONG)


def test_methods_and_classes_of_values_are_not_there() -> None:
    assert render("{{ name.upper }}{{ order.keys }}{{ items.append }}", LONG) == ""


def test_a_value_that_is_null_is_not_said() -> None:
    assert render("It comes {{ order.eta }}.", LONG) == "It comes ."


def test_a_call_goes_on_after_an_apology(flow: Callable[[str], Dialogue]) -> None:
    dialogue = flow("""
steps:
  a: {say: "Hi {{ caller.first_name }}{{ caller.first_name }}.", then: b}
  b: {ask: free, prompt: How can I help?, then: bye}
  bye: {end: Goodbye.}
""")

    call = TextCall(dialogue, caller={"first_name": "x" * 3000})

    assert "xxx" not in call.heard_now
    assert call.heard_now.endswith("How can I help?")
    assert len(call.last) == 2
    assert call.says("nothing").ended == "done"


expressions = st.recursive(
    st.sampled_from(["name", "items", "order.number", "'x'", "1", "nobody"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda both: f"({both[0]} ~ {both[1]})"),
        st.tuples(inner, inner).map(lambda both: f"({both[0]} + {both[1]})"),
        st.tuples(inner, inner).map(lambda both: f"({both[0]} | join({both[1]}))"),
        st.tuples(inner, inner).map(lambda both: f"({both[0]} or {both[1]})"),
        st.tuples(inner, st.sampled_from(["upper", "spell", "round(9)", "int", "last"])).map(
            lambda both: f"({both[0]} | {both[1]})"
        ),
    ),
    max_leaves=12,
)


@given(expressions)
def test_no_expression_makes_more_than_a_call_can_say(expression: str) -> None:
    with suppress(RenderFailed):
        assert len(render("{{ " + expression + " }}", LONG)) <= MAX_TEXT


@pytest.mark.parametrize(
    ("template", "speaks"),
    [
        ("Hello.", True),
        ("...", False),
        ("{{ name }}", False),
        ("{{ slot }}", True),
        ("{{ name or 'you' }}", True),
        ("{% if name %}Hi.{% endif %}", False),
        ("{% if name %}{{ name }}{% else %}Hi.{% endif %}", True),
        ("{{ items | length }}", True),
    ],
)
def test_a_text_is_known_to_have_words_or_not(template: str, *, speaks: bool) -> None:
    assert always_speaks(template, {"slot"}) is speaks
