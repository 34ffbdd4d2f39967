"""The cloud voice against a server that speaks its protocol, or doesn't."""

import time

import numpy as np
import pytest
from fixtures.edge_server import SECONDS_A_CHAR, edge_server

from tts.edge import EdgeVoice
from tts.fallback import FallbackVoice
from tts.piper import PiperVoice
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm
from voxdesk.kernel.errors import SynthesisFailed

pytestmark = pytest.mark.integration

SENTENCE = "Your order <4711> is on its way & arrives on Tuesday."


def test_the_whole_sentence_arrives_as_sound() -> None:
    with edge_server() as server:
        voice = EdgeVoice("en-GB-SoniaNeural", endpoint=server.endpoint)

        pcm = np.concatenate(list(voice.synthesize(SENTENCE)))

        assert server.sentences == [
            "Your order &lt;4711&gt; is on its way &amp; arrives on Tuesday."
        ]
        assert "en-GB, SoniaNeural" in server.voices[0]
        said_s = len(server.sentences[0]) * SECONDS_A_CHAR
        assert len(pcm) / SAMPLE_RATE_HZ == pytest.approx(said_s, abs=0.25)


def test_each_language_has_a_usual_voice() -> None:
    with edge_server() as server:
        voice = EdgeVoice(languages=("zh",), endpoint=server.endpoint)

        list(voice.synthesize("您好。", language="zh"))

        assert "zh-CN, XiaoxiaoNeural" in server.voices[0]
        assert not voice.local


@pytest.mark.parametrize("behaviour", ["refuse", "hang", "empty", "junk"])
def test_a_service_that_doesnt_speak_fails_in_time(behaviour: str) -> None:
    with edge_server(behaviour) as server:
        voice = EdgeVoice(endpoint=server.endpoint, connect_timeout_s=0.5, timeout_s=2)
        begin = time.monotonic()

        with pytest.raises(SynthesisFailed):
            list(voice.synthesize(SENTENCE))

        assert time.monotonic() - begin < 10  # bounded; nowhere near the library's own minute


@pytest.mark.parametrize("behaviour", ["cut", "stall"])
def test_what_came_before_a_cut_is_heard(behaviour: str) -> None:
    with edge_server(behaviour) as server:
        voice = EdgeVoice(endpoint=server.endpoint, connect_timeout_s=0.5, timeout_s=1)
        heard: list[Pcm] = []

        with pytest.raises(SynthesisFailed):
            heard.extend(voice.synthesize(SENTENCE))

        assert sum(map(len, heard)) > 0.3 * SAMPLE_RATE_HZ


def test_a_port_where_nobody_listens_fails() -> None:
    with edge_server() as server:
        endpoint = server.endpoint
    voice = EdgeVoice(endpoint=endpoint, connect_timeout_s=1)

    with pytest.raises(SynthesisFailed, match="service failed"):
        list(voice.synthesize(SENTENCE))


def test_a_name_that_is_no_voice_says_so() -> None:
    voice = EdgeVoice("Emma", endpoint="ws://127.0.0.1:9/")

    with pytest.raises(SynthesisFailed, match=r"Emma"):
        list(voice.synthesize(SENTENCE))


def test_a_stopped_sentence_ends_its_connection() -> None:
    with edge_server() as server:
        voice = EdgeVoice(endpoint=server.endpoint)
        speech = voice.synthesize("A long sentence. " * 10)
        next(iter(speech))

        speech.close()  # type: ignore[attr-defined]

        assert len(list(voice.synthesize(SENTENCE))) > 0


def test_piper_ends_what_the_cloud_began_and_speaks_alone_from_then_on() -> None:
    local = PiperVoice()
    with edge_server("cut") as server:
        voice = FallbackVoice(EdgeVoice(endpoint=server.endpoint, timeout_s=2), local)

        mixed = np.concatenate(list(voice.synthesize(SENTENCE)))
        alone = np.concatenate(list(voice.synthesize("Goodbye, and thanks for calling.")))

    assert len(mixed) > 2 * SAMPLE_RATE_HZ
    assert len(alone) > SAMPLE_RATE_HZ
    assert server.connections == 1
    assert voice.name == local.name
    voice.close()
