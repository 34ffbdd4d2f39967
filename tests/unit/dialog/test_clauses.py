# ruff: noqa: RUF001  Chinese text is Chinese
"""Who says hello first, and thank you afterwards, is understood by what is in between."""

import zlib
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.understanding.intents.clauses import MOST, clauses
from dialog.understanding.intents.encoders import Vectors
from dialog.understanding.intents.grams import words_of
from dialog.understanding.intents.model import FlowIntents
from dialog.understanding.intents.training import train_classifier

pytestmark = pytest.mark.unit

EXAMPLES = {
    "status": ("where is my parcel", "has my parcel been sent", "I want to track a parcel"),
    "hours": ("when does the shop open", "what time do you close", "are you open on Sundays"),
}


class WordReader:
    """Knows nothing of meaning: texts are near that share words."""

    reach = 2.0
    floor = 0.22
    reads_names = False

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), 256), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in words_of(text):
                row[zlib.crc32(word.encode()) % 256] += 1.0
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows * np.float32(self.reach**0.5) / np.maximum(lengths, 1.0)

    def vector(self, text: str) -> Vectors:
        return self.encode([text])[0]


READER = WordReader()
MODEL, _ = train_classifier(EXAMPLES, READER)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("where is my parcel", ()),
        (
            "Good morning everybody there. Where is my parcel? Thanks.",
            ("Good morning everybody there", "Where is my parcel"),
        ),
        ("你好你好，我的快递到哪了，谢谢", ("我的快递到哪了", "你好你好")),
        ("...", ()),
    ],
)
def test_parts_are_what_stands_between_punctuation(text: str, parts: tuple[str, ...]) -> None:
    assert clauses(text) == parts


@given(st.text(max_size=300))
def test_there_are_few_parts_and_each_is_of_the_text(text: str) -> None:
    found = clauses(text)
    assert len(found) <= MOST
    assert all(part in text for part in found)


def test_a_wish_is_found_among_other_words() -> None:
    intents = FlowIntents({"en": {"menu": MODEL}}, lambda _: READER)  # type: ignore[arg-type,return-value]
    wordy = (
        "Good afternoon I hope that you can help me with it, where is my parcel, thank you so much"
    )

    found = intents.classify("menu", "en", wordy)
    assert found is not None
    assert found[0] == "status"
    assert intents.classify("menu", "en", "purple elephants dance, all night") is None
