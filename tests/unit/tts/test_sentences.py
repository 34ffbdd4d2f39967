# ruff: noqa: RUF001  Chinese punctuation is meant
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.sentences import MAX_CLAUSE_CHARS, MAX_SENTENCE_CHARS, split_clauses, split_sentences

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Hello. How are you?", ["Hello.", "How are you?"]),
        ("Dr. Lee is here. Mr. Fox isn't.", ["Dr. Lee is here.", "Mr. Fox isn't."]),
        ("It costs $3.50. Okay?", ["It costs $3.50.", "Okay?"]),
        ("Visit www.example.com. Thanks!", ["Visit www.example.com.", "Thanks!"]),
        ("We open at 9 a.m. on Monday.", ["We open at 9 a.m. on Monday."]),
        ("We open at 9 a.m. Please call then.", ["We open at 9 a.m.", "Please call then."]),
        ("Ask J. Smith, e.g. now.", ["Ask J. Smith, e.g. now."]),
        ("The answer is no. Anything else?", ["The answer is no.", "Anything else?"]),
        ("Order No. 5 is ready.", ["Order No. 5 is ready."]),
        ("Wait... what?! Yes.", ["Wait...", "what?!", "Yes."]),
        ('She said "Go." Then left.', ['She said "Go."', "Then left."]),
        ("One\ntwo\n\nthree", ["One", "two", "three"]),
        ("您好。请问您要查询订单吗？好的！", ["您好。", "请问您要查询订单吗？", "好的！"]),
        ("他说：“可以。”然后走了。", ["他说：“可以。”", "然后走了。"]),
        ("订单 4711 已发货。Thank you.", ["订单 4711 已发货。", "Thank you."]),
        ("  ", []),
        ("...!", []),
        ("no end", ["no end"]),
    ],
)
def test_text_is_cut_where_a_speaker_pauses(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences


@given(st.text(max_size=800))
def test_nothing_that_can_be_said_is_lost_and_no_sentence_is_too_long(text: str) -> None:
    sentences = split_sentences(text)

    spoken = "".join(c for c in "".join(sentences) if c.isalnum())
    assert spoken == "".join(c for c in text if c.isalnum())
    assert all(0 < len(s) <= MAX_SENTENCE_CHARS for s in sentences)


@given(st.text(alphabet="ab ,;，。", max_size=600), st.integers(8, 200))
def test_clauses_keep_every_word(sentence: str, limit: int) -> None:
    clauses = split_clauses(sentence, limit)

    assert "".join("".join(clauses).split()) == "".join(sentence.split())
    assert all(0 < len(c) <= limit for c in clauses)


def test_a_long_sentence_is_cut_at_its_commas() -> None:
    sentence = (
        "Your order left our warehouse this morning, it is now with the carrier in your city, "
        "and it should be at your door by tomorrow evening, unless the weather turns."
    )

    clauses = split_clauses(sentence)

    assert len(clauses) == 2
    assert clauses[0].endswith("in your city,")
    assert all(len(c) <= MAX_CLAUSE_CHARS for c in clauses)
