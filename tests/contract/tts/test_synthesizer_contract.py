"""One suite for every voice: what the rest of the system relies on."""

import inspect
from collections.abc import Iterator

import numpy as np
import pytest
from fixtures.edge_server import edge_server

from tts.edge import EdgeVoice
from tts.fallback import FallbackVoice
from tts.piper import PiperVoice
from tts.shaping import SPEECH_LEVEL_DBFS, speech_level_dbfs
from tts.synthesizer import Synthesizer
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm, to_float
from voxdesk.kernel.errors import SynthesisFailed

pytestmark = pytest.mark.contract

SENTENCE = "Your order is on its way, and it arrives on Tuesday."
LONG = (
    "Your order left our warehouse this morning, it is with the carrier in your city now, and it "
    "should be at your door by tomorrow evening, unless the weather turns."
)


@pytest.fixture(scope="module")
def piper() -> Iterator[Synthesizer]:
    voice = PiperVoice()
    yield voice
    voice.close()


@pytest.fixture(scope="module")
def edge() -> Iterator[Synthesizer]:
    with edge_server() as server:
        yield EdgeVoice(endpoint=server.endpoint)


@pytest.fixture(scope="module")
def fallen_back(piper: Synthesizer) -> Iterator[Synthesizer]:
    with edge_server("refuse") as server:
        yield FallbackVoice(EdgeVoice(endpoint=server.endpoint), piper)


@pytest.fixture(scope="module")
def well_fallback(edge: Synthesizer, piper: Synthesizer) -> Synthesizer:
    return FallbackVoice(edge, piper)


@pytest.fixture(params=["piper", "edge", "fallen_back", "well_fallback"])
def voice(request: pytest.FixtureRequest) -> Synthesizer:
    found: Synthesizer = request.getfixturevalue(request.param)
    return found


def whole(voice: Synthesizer, sentence: str) -> Pcm:
    return np.concatenate(list(voice.synthesize(sentence)))


def test_it_says_who_it_is(voice: Synthesizer) -> None:
    assert voice.name
    assert voice.name == voice.name.strip()
    assert "en" in voice.languages
    assert isinstance(voice.local, bool)


def test_a_sentence_comes_in_pieces_of_call_audio(voice: Synthesizer) -> None:
    pieces = list(voice.synthesize(SENTENCE))

    assert len(pieces) > 1
    for piece in pieces:
        assert piece.dtype == np.int16
        assert piece.ndim == 1
        assert len(piece) > 0
    seconds = sum(map(len, pieces)) / SAMPLE_RATE_HZ
    assert 1.5 < seconds < 6


def test_the_first_piece_is_a_small_part_of_a_long_sentence(voice: Synthesizer) -> None:
    first, *others = (len(piece) for piece in voice.synthesize(LONG))

    assert first < 0.25 * (first + sum(others))


def test_speech_begins_at_once_and_ends_without_a_tail(voice: Synthesizer) -> None:
    pcm = whole(voice, SENTENCE)

    loud = np.flatnonzero(np.abs(pcm.astype(int)) > 300)
    assert loud[0] / SAMPLE_RATE_HZ < 0.05
    assert (len(pcm) - loud[-1]) / SAMPLE_RATE_HZ < 0.15


def test_it_is_as_loud_as_the_others_and_never_clips(voice: Synthesizer) -> None:
    pcm = whole(voice, SENTENCE)

    assert speech_level_dbfs(to_float(pcm), SAMPLE_RATE_HZ) == pytest.approx(
        SPEECH_LEVEL_DBFS, abs=4
    )
    assert int(np.max(np.abs(pcm.astype(int)))) < 32_767


def test_there_are_no_clicks_where_pieces_meet(voice: Synthesizer) -> None:
    pieces = list(voice.synthesize(SENTENCE))
    pcm = np.concatenate(pieces).astype(int)
    steps = np.abs(np.diff(pcm))

    for seam in np.cumsum([len(p) for p in pieces])[:-1]:
        around = np.concatenate([steps[max(0, seam - 81) : seam - 1], steps[seam : seam + 80]])
        assert steps[seam - 1] <= 1.5 * int(np.max(around)) + 300


def test_it_can_be_stopped_after_any_piece_and_used_again(voice: Synthesizer) -> None:
    speech = voice.synthesize(LONG)
    next(iter(speech))
    assert inspect.isgenerator(speech)

    speech.close()

    assert len(whole(voice, SENTENCE)) > SAMPLE_RATE_HZ


@pytest.mark.parametrize("sentence", ["Yes.", "No", "a", "zero", "Okay, thanks!", "naïve café"])
def test_short_and_odd_words_are_said(voice: Synthesizer, sentence: str) -> None:
    assert len(whole(voice, sentence)) > 0.1 * SAMPLE_RATE_HZ


def test_two_threads_may_speak_at_once(voice: Synthesizer) -> None:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    with ThreadPoolExecutor(2) as threads:
        heard = list(threads.map(lambda s: whole(voice, s), [SENTENCE, LONG]))

    assert len(heard[1]) > len(heard[0]) > SAMPLE_RATE_HZ


@pytest.mark.parametrize("sentence", ["", "   ", "...", "?!"])
def test_nothing_to_say_is_a_failure_or_nothing_but_no_crash(
    piper: Synthesizer, sentence: str
) -> None:
    with pytest.raises(SynthesisFailed):
        list(piper.synthesize(sentence))
