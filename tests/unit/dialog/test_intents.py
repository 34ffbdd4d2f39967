# ruff: noqa: RUF001  Chinese text is Chinese
import io
import json
import zipfile
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.understanding.intents import encoders
from dialog.understanding.intents.classifier import Classifier, kernel
from dialog.understanding.intents.encoders import Vectors, encoder_for, encoder_name
from dialog.understanding.intents.grams import words_of
from dialog.understanding.intents.model_file import pack, unpack
from dialog.understanding.intents.training import RIDGE, learn, train_classifier, triangle_inverse
from voxdesk.kernel.errors import ModelMissing

pytestmark = pytest.mark.unit

EXAMPLES = {
    "status": (
        "where is the parcel that I ordered last week",
        "my package has still not arrived",
        "can you tell me when my order gets here",
        "I want to track a delivery",
    ),
    "return": (
        "I want to send this lamp back",
        "how do I return something that doesn't fit",
        "this is broken and I would like my money back",
        "I need a label for a return",
    ),
    "hours": (
        "what time do you open on Saturdays",
        "are you closed on public holidays",
        "until when can I come to the shop tonight",
        "when does the shop open",
    ),
}
CHINESE = {
    "status": ("我的包裹到哪里了", "我想知道快递什么时候到", "上周买的东西还没有收到"),
    "return": ("这个灯坏了我想退掉", "我要把衣服退回去", "不合适可以退钱吗"),
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


READER = WordReader()
MODEL, _ = train_classifier(EXAMPLES, READER)
ENCODER = "words"
FILE = pack({"menu": MODEL}, ENCODER)


def option_of(model: Classifier, text: str) -> str | None:
    found = model.classify(text, READER.encode([text])[0])
    return found[0] if found else None


def test_a_sentence_like_the_examples_of_an_option_is_that_option() -> None:
    assert option_of(MODEL, "my parcel that I ordered has not arrived") == "status"
    assert option_of(MODEL, "when does the shop open on public holidays") == "hours"


def test_misspelled_words_are_still_like_their_examples() -> None:
    assert option_of(MODEL, "my pakage has still not arived") == "status"


@pytest.mark.parametrize("text", ["", "...", "purple elephants dance", "四七一一", "\0" * 50])
def test_what_is_like_no_example_is_out_of_scope(text: str) -> None:
    assert option_of(MODEL, text) is None


@given(st.text(max_size=400))
def test_every_text_gets_an_option_with_a_sureness_or_none(text: str) -> None:
    found = MODEL.classify(text, READER.encode([text])[0])

    assert found is None or (found[0] in EXAMPLES and 0.0 <= found[1] <= 1.0)


def test_an_example_itself_is_surer_than_a_sentence_at_the_border() -> None:
    scores = MODEL.scores(EXAMPLES["hours"][0], READER.encode([EXAMPLES["hours"][0]])[0])

    assert MODEL.in_scope(float(scores.max())) > MODEL.in_scope(MODEL.least) == pytest.approx(0.5)
    assert MODEL.in_scope(MODEL.usual) == pytest.approx(0.95)


def test_the_same_examples_make_the_same_file() -> None:
    again, _ = train_classifier(EXAMPLES, READER)

    assert pack({"menu": again}, ENCODER) == FILE


@given(st.integers(2, 12), st.integers(2, 3), st.integers(0, 10_000))
def test_scores_of_unseen_examples_are_those_of_a_training_without_them(
    count: int, options: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    rows = random.normal(size=(count, 5)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    likeness = kernel(rows @ rows.T, np.ones((count, count), np.float32), 1.0)
    targets = np.eye(options, dtype=np.float32)[random.integers(0, options, count)]

    _, unseen = learn(likeness, targets)

    rest = np.arange(count) != 0
    without = likeness[np.ix_(rest, rest)] + RIDGE * np.eye(count - 1)
    expected = likeness[0, rest] @ np.linalg.solve(without, targets[rest])
    assert unseen[0] == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize("size", [1, 2, 127, 129, 300])
def test_the_inverse_of_a_triangle_times_it_is_one(size: int) -> None:
    lower = np.tril(np.random.default_rng(size).normal(size=(size, size)) * 0.1).astype(np.float32)
    lower += np.eye(size, dtype=np.float32) * 3

    assert triangle_inverse(lower) @ lower == pytest.approx(np.eye(size), abs=1e-4)


# ---------------------------------------------------------------- the file


@given(st.sampled_from([text for texts in EXAMPLES.values() for text in texts]), st.text())
def test_a_model_that_was_kept_understands_the_same(example: str, more: str) -> None:
    text = f"{example} {more}"
    kept = unpack(FILE, ENCODER)["menu"]

    vector = READER.encode([text])[0]
    assert kept.scores(text, vector) == pytest.approx(MODEL.scores(text, vector), abs=1e-5)
    assert kept.options == MODEL.options


@given(st.integers(0, len(FILE) - 1))
def test_a_file_that_was_cut_off_is_refused(length: int) -> None:
    with pytest.raises(ModelMissing):
        unpack(FILE[:length], ENCODER)


@given(st.lists(st.tuples(st.integers(0, len(FILE) - 1), st.integers(0, 255)), min_size=1))
def test_a_damaged_file_is_refused_or_its_damage_does_not_show(
    damage: list[tuple[int, int]],
) -> None:
    damaged = bytearray(FILE)
    for place, value in damage:
        damaged[place] = value

    try:
        models = unpack(bytes(damaged), ENCODER)
    except ModelMissing:
        return
    for model in models.values():
        option_of(model, "where is my parcel")


@given(st.binary(max_size=2000))
def test_no_bytes_break_the_reading(data: bytes) -> None:
    with pytest.raises(ModelMissing):
        unpack(data, ENCODER)


def changed(name: str, content: bytes) -> bytes:
    """The file with other content of one of its arrays."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(FILE)) as old, zipfile.ZipFile(buffer, "w", 8) as new:
        for member in old.namelist():
            new.writestr(member, content if member == name else old.read(member))
    return buffer.getvalue()


def array(values: object) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, values, allow_pickle=True)  # type: ignore[arg-type]
    return buffer.getvalue()


def header(**values: object) -> bytes:
    with np.load(io.BytesIO(FILE)) as arrays:
        known = json.loads(arrays["header"].tobytes())
    return array(np.frombuffer(json.dumps({**known, **values}).encode(), np.uint8))


ROWS = len(MODEL.examples.rows)
HOSTILE = {
    "a pickled object": ("0.pull.npy", array(np.array([{"a": 1}], object))),
    "an array that claims to be huge": (
        "0.pull.npy",
        array(np.zeros((12, 3), np.float32)).replace(b"(12, 3)", b"(9**9,)"),
    ),
    "numbers that are none": ("0.pull.npy", array(np.full((12, 3), np.nan, np.float32))),
    "rows of examples that aren't there": ("0.rows.npy", array(np.full(ROWS, 99, np.int32))),
    "rows before the first": ("0.rows.npy", array(np.full(ROWS, -1, np.int32))),
    "an array of another type": ("0.vectors.npy", array(np.zeros((12, 256)))),
    "a header that is no JSON": ("header.npy", array(np.frombuffer(b"{", np.uint8))),
    "a header that is a list": ("header.npy", array(np.frombuffer(b"[]", np.uint8))),
    "another format": ("header.npy", header(format=99)),
    "steps that are none": ("header.npy", header(steps=7)),
    "a step without a name": ("header.npy", header(steps=[{}])),
    "a file that grows without end": ("0.grams.npy", bytes(201_000_000)),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused(what: str) -> None:
    with pytest.raises(ModelMissing):
        unpack(changed(*HOSTILE[what]), ENCODER)


def test_a_model_of_another_encoder_is_refused() -> None:
    with pytest.raises(ModelMissing, match="another version"):
        unpack(FILE, "another")


# ---------------------------------------------------------------- the real encoders


def test_english_is_understood_by_meaning_and_not_only_by_words() -> None:
    encoder = encoder_for("en")
    model, _ = train_classifier(EXAMPLES, encoder)

    def meant(text: str) -> str | None:
        found = model.classify(text, encoder.vector(text))
        return found[0] if found else None

    assert meant("has my stuff been shipped yet") == "status"
    assert meant("I'd like a refund please, it doesn't work") == "return"
    assert meant("how late are you there today") == "hours"
    assert meant("who won the football match") is None
    assert meant("please play some jazz") is None


def test_chinese_is_understood_by_meaning_and_not_only_by_words() -> None:
    encoder = encoder_for("zh-CN")
    model, _ = train_classifier(CHINESE, encoder)

    def meant(text: str) -> str | None:
        found = model.classify(text, encoder.vector(text))
        return found[0] if found else None

    assert meant("请问物流到什么地方了") == "status"
    assert meant("我不想要了，能退款吗") == "return"
    assert meant("今天天气怎么样") is None


def test_vectors_do_not_depend_on_what_is_read_beside_them() -> None:
    encoder = encoder_for("en")
    texts = ["yes", "where is my parcel", "I would like to return a lamp that I bought in May"]

    together = encoder.encode(texts)

    assert np.linalg.norm(together, axis=1) == pytest.approx(encoder.reach**0.5, abs=1e-3)
    for text, row in zip(texts, together, strict=True):
        assert row @ encoder.vector(text) / encoder.reach == pytest.approx(1.0, abs=0.03)


def test_threads_that_need_an_encoder_at_once_have_the_same_one() -> None:
    encoders._loaded.clear()
    encoders._network.cache_clear()

    with ThreadPoolExecutor(2) as both:
        one, other = both.map(encoder_for, ["zh-CN", "zh"])

    assert one is other


def test_each_language_has_the_name_of_its_encoder() -> None:
    assert encoder_name("en-GB") == encoder_name("en")
    assert encoder_name("zh") == encoder_name("de")
    assert encoder_name("en") != encoder_name("zh")
