import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from recordings.redaction import Kind, Span
from recordings.redaction.times import EDGE_MS, MEASURED_MARGIN_MS, Spoken, stretches
from recordings.redaction.tone import FADE_MS, LEVEL, TONE_HZ, Hidden, ToneFile
from recordings.sound import read_frames
from recordings.wav_file import WavFile

RATE = 8000


@pytest.fixture(scope="module")
def wav(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("tone") / "call.wav"
    file = WavFile(path, RATE)
    noise = np.random.default_rng(7).integers(-9000, 9000, (3 * RATE, 2), np.int16)
    file.write(0, noise)
    file.close()
    return path.read_bytes()


HIDDEN = (Hidden(0, 500, 1250), Hidden(0, 1250, 1251), Hidden(1, 2000, 99_000))


def _toned(wav: bytes) -> NDArray[np.int16]:
    return read_frames(ToneFile(io.BytesIO(wav), HIDDEN))


def test_a_tone_is_heard_where_something_is_hidden_and_nothing_else_changes(wav: bytes) -> None:
    before, after = read_frames(io.BytesIO(wav)), _toned(wav)

    hidden = np.zeros(before.shape, bool)
    hidden[4000:10_008, 0] = True
    hidden[16_000:, 1] = True
    assert np.array_equal(before[~hidden], after[~hidden])
    tone = after[4000:10_000, 0].astype(float)
    spectrum = np.abs(np.fft.rfft(tone * np.hanning(len(tone))))
    assert abs(spectrum.argmax() * RATE / len(tone) - TONE_HZ) < 3
    assert 0.95 * LEVEL < np.abs(tone).max() <= LEVEL
    rest = np.delete(spectrum, range(spectrum.argmax() - 8, spectrum.argmax() + 9))
    assert rest.max() < spectrum.max() / 100, "nothing of the sound is left under the tone"


def test_the_tone_comes_and_goes_softly(wav: bytes) -> None:
    after = np.abs(_toned(wav)[:, 0].astype(int))
    fade = RATE * FADE_MS // 1000
    assert after[4000:4010].max() < LEVEL / 5
    assert after[10_000 - 10 : 10_000].max() < LEVEL / 5
    assert after[4000 + fade : 4200].max() > LEVEL / 2


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_range_of_bytes_is_the_same_however_it_is_asked_for(
    wav: bytes, data: st.DataObject
) -> None:
    whole = ToneFile(io.BytesIO(wav), HIDDEN).read()
    file = ToneFile(io.BytesIO(wav), HIDDEN)
    assert len(whole) == len(wav)

    for _ in range(5):
        first = data.draw(st.integers(0, len(wav) + 10))
        count = data.draw(st.integers(0, 5000))
        file.seek(first)
        assert file.read(count) == whole[first : first + count]


def test_an_odd_end_of_a_file_stays_as_it_is(wav: bytes) -> None:
    cut = wav[:-3]
    after = ToneFile(io.BytesIO(cut), HIDDEN).read()
    assert len(after) == len(cut)


def test_measured_words_are_hidden_with_a_margin() -> None:
    said = Spoken(
        "my pin is 4711 thanks", 0, 9000,
        [("my", 0, 500), ("pin", 600, 900), ("is", 1000, 1200), ("4711", 2000, 4000),
         ("thanks", 6000, 7000)],
        measured=True,
    )  # fmt: skip
    found = stretches(said, [Span(10, 14, Kind.PIN)])
    assert found == ((1200 - MEASURED_MARGIN_MS, 6000 + MEASURED_MARGIN_MS),)


def test_what_nobody_could_say_so_fast_was_not_measured_rightly() -> None:
    text = "my card number is 4242-4242-4242-4242 thanks"
    words = [(word, 100 * place, 100 * place + 90) for place, word in enumerate(text.split())]
    said = Spoken(text, 0, 4500, words, measured=True)
    found = stretches(said, [Span(18, 37, Kind.CARD)])
    assert found == ((0, 4500 + EDGE_MS),)


def test_guessed_words_are_hidden_widely_and_short_sentences_whole() -> None:
    short = Spoken("my pin is 4711", 1000, 3000)
    assert stretches(short, [Span(10, 14, Kind.PIN)]) == ((1000 - EDGE_MS, 3000 + EDGE_MS),)

    text = "hello there " * 12 + "my pin is 4711 " + "and so on " * 12
    long = Spoken(text, 0, 60_000)
    at = text.index("4711")
    ((start, end),) = stretches(long, [Span(at, at + 4, Kind.PIN)])
    share = 60_000 * at / len(text)
    assert 0 < start < share - 5000 < share + 5000 < end < 60_000


@given(st.text(max_size=40), st.integers(0, 10**6), st.integers(0, 10**6), st.data())
def test_stretches_cover_something_in_order(
    text: str, start: int, length: int, data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, len(text)))
    last = data.draw(st.integers(first, len(text)))
    found = stretches(Spoken(text, start, start + length), [Span(first, last, Kind.CARD)])
    assert len(found) == 1
    assert 0 <= found[0][0] < found[0][1]
