"""What Vosk's JSON becomes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.vosk_results import joined, partial_text, segment_hypotheses
from voxdesk.kernel.speech import Hypothesis

pytestmark = pytest.mark.unit


def alternative(likelihood: float, text: str, *, at_s: float = 0.0) -> dict[str, Any]:
    words = [
        {"word": word, "start": at_s + i * 0.4, "end": at_s + i * 0.4 + 0.3}
        for i, word in enumerate(text.split())
    ]
    return {"confidence": likelihood, "text": text, "result": words}


def message(*alternatives: dict[str, Any]) -> str:
    return json.dumps({"alternatives": list(alternatives)})


def test_one_reading_keeps_the_engine_s_word_confidences() -> None:
    result = {
        "text": "order status",
        "result": [
            {"word": "order", "start": 0.1, "end": 0.4, "conf": 0.9},
            {"word": "status", "start": 0.5, "end": 0.9, "conf": 0.5},
        ],
    }

    (reading,) = segment_hypotheses(json.dumps(result), offset_s=10.0)

    assert reading.text == "order status"
    assert reading.confidence == pytest.approx(0.7)
    assert [word.start_s for word in reading.words] == pytest.approx([10.1, 10.5])
    assert [word.confidence for word in reading.words] == [0.9, 0.5]


def test_a_word_that_every_reading_has_is_sure_and_a_disputed_one_is_not() -> None:
    readings = segment_hypotheses(
        message(alternative(50.0, "pay my bill"), alternative(50.0, "pay my ill")), offset_s=0.0
    )

    assert [reading.text for reading in readings] == ["pay my bill", "pay my ill"]
    assert [word.confidence for word in readings[0].words] == pytest.approx([1.0, 1.0, 0.5])


def test_a_far_less_likely_reading_takes_nothing_away() -> None:
    best, worst = segment_hypotheses(
        message(alternative(50.0, "yes"), alternative(20.0, "less")), offset_s=0.0
    )

    assert best.confidence == pytest.approx(1.0)
    assert worst.confidence < 0.001


def test_names_of_noises_are_not_words() -> None:
    (reading,) = segment_hypotheses(
        message(alternative(9.0, "[unk] agent <noise>"), alternative(8.0, "agent [laughter]")),
        offset_s=0.0,
    )

    assert reading.text == "agent"
    assert [word.text for word in reading.words] == ["agent"]
    assert partial_text('{"partial": "[unk] an agent"}') == "an agent"


@pytest.mark.parametrize(
    "nothing",
    [
        '{"text": ""}',
        '{"partial": "so far"}',
        '{"alternatives": []}',
        message(alternative(5.0, "")),
        message(alternative(5.0, "[unk]"), alternative(4.0, "no")),
    ],
)
def test_nothing_said_is_no_reading(nothing: str) -> None:
    assert segment_hypotheses(nothing, offset_s=0.0) == ()


def test_stretches_of_one_turn_are_joined_in_order() -> None:
    first = (Hypothesis("my order", 0.9), Hypothesis("my border", 0.4))
    second = (Hypothesis("is late", 0.5),)

    best, other = joined([first, (), second])

    assert (best.text, other.text) == ("my order is late", "my border is late")
    assert best.confidence == pytest.approx(0.7)
    assert joined([(), ()]) == ()


@pytest.mark.parametrize(
    "garbage", ["<html>", "[1]", '"text"', '{"alternatives": [{"text": "a", "confidence": "x"}]}']
)
def test_what_is_no_result_is_a_value_error(garbage: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        segment_hypotheses(garbage, offset_s=0.0)


_WORDS = st.lists(st.sampled_from(["a", "b", "[unk]", "c"]), max_size=4).map(" ".join)
_ALTERNATIVES = st.lists(
    st.tuples(st.floats(-1e6, 1e6), _WORDS, st.floats(0, 3)).map(
        lambda one: alternative(one[0], one[1], at_s=one[2])
    ),
    max_size=6,
)


@given(st.lists(_ALTERNATIVES, max_size=3))
def test_confidences_are_shares_that_fall_with_the_rank(
    segments: list[list[dict[str, Any]]],
) -> None:
    readings = joined([segment_hypotheses(message(*one), offset_s=0.0) for one in segments])

    confidences = [reading.confidence for reading in readings]
    assert confidences == sorted(confidences, reverse=True)
    assert all(0.0 <= value <= 1.0 for value in confidences)
    assert all(0.0 <= word.confidence <= 1.0 for one in readings for word in one.words)
    assert all(reading.text and "[" not in reading.text for reading in readings)
