"""The client of vosk-server's protocol against a server of it, with a real model behind."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from fixtures import korean_speech, vosk_server
from fixtures.korean_speech import AGENT, ANYTHING, MENU, NO
from fixtures.vosk_server import VoskServer

from asr.remote import RemoteRecognizer
from voxdesk.kernel.audio import AudioFrame, Pcm
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import RecognizerFailed, SettingsError
from voxdesk.kernel.speech import Expectation, Transcript

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

T = TypeVar("T")
CALL = CallId("remote")


def with_server(
    scenario: Callable[[VoskServer], Awaitable[T]], **behaviour: Any
) -> tuple[T, VoskServer]:
    korean_speech.recognizer()

    async def run() -> tuple[T, VoskServer]:
        async with vosk_server.running(**behaviour) as server:
            result = await asyncio.wait_for(scenario(server), 60)
            for _ in range(200):
                if not server.open_connections:
                    break
                await asyncio.sleep(0.02)
            return result, server

    return asyncio.run(run())


async def recognize(
    recognizer: RemoteRecognizer, expectation: Expectation, pcm: Pcm, *, frame_s: float = 0.0
) -> Transcript:
    turn = recognizer.open_turn(CALL, expectation, start_s=0.0)
    try:
        for i in range(0, len(pcm) // 320 * 320, 320):
            turn.accept(AudioFrame(pcm[i : i + 320], i))
            await asyncio.sleep(frame_s)
        return await turn.finish(len(pcm) / 16_000)
    finally:
        turn.cancel()


def client(server: VoskServer, **options: Any) -> RemoteRecognizer:
    return RemoteRecognizer(server.url, **{"language": "ko", "timeout_s": 45.0, **options})


def test_the_server_is_told_the_rate_and_the_menu() -> None:
    async def scenario(server: VoskServer) -> Transcript:
        return await recognize(
            client(server, grammar=True), MENU, korean_speech.call(0.2, AGENT, 0.3)
        )

    transcript, server = with_server(scenario)

    assert transcript.text == AGENT
    (config,) = server.configs
    assert config["sample_rate"] == 16_000
    assert set(config["phrase_list"]) == {AGENT, NO, "네", "[unk]"}
    assert server.open_connections == 0


def test_a_list_that_may_not_be_sent_is_not_sent() -> None:
    async def scenario(server: VoskServer) -> None:
        with pytest.raises(RecognizerFailed):
            await recognize(client(server, timeout_s=0.2), MENU, korean_speech.call(NO))

    _, server = with_server(scenario, mute=True)

    assert server.configs
    assert all("phrase_list" not in config for config in server.configs)


def test_a_server_of_telephone_speech_gets_8_khz() -> None:
    async def scenario(server: VoskServer) -> Transcript:
        recognizer = client(server, grammar=True, sample_rate_hz=8_000)
        return await recognize(recognizer, MENU, korean_speech.call(0.2, AGENT, 0.3))

    transcript, server = with_server(scenario)

    assert server.configs[0]["sample_rate"] == 8_000
    assert transcript.text == AGENT


def test_one_reading_with_the_server_s_own_word_confidences() -> None:
    async def scenario(server: VoskServer) -> Transcript:
        recognizer = client(server, n_best=0, grammar=True)
        return await recognize(recognizer, MENU, korean_speech.call(0.2, AGENT, 0.3))

    transcript, server = with_server(scenario)

    assert len(transcript.hypotheses) == 1
    assert len(server.configs) == 1
    assert server.configs[0]["max_alternatives"] == 0
    assert all(0 < word.confidence <= 1 for word in transcript.hypotheses[0].words)


def test_a_connection_lost_in_mid_speech_costs_nothing_but_time() -> None:
    async def scenario(server: VoskServer) -> Transcript:
        return await recognize(
            client(server, grammar=True), MENU, korean_speech.call(0.2, AGENT, 0.3), frame_s=0.002
        )

    transcript, server = with_server(scenario, hang_up_after=10, hang_ups=1)

    assert transcript.text == AGENT
    assert len(server.configs) == 2


def test_a_server_that_always_hangs_up_is_a_failure_that_may_be_tried_again() -> None:
    async def scenario(server: VoskServer) -> None:
        with pytest.raises(RecognizerFailed, match="away or hung up") as failure:
            await recognize(client(server), ANYTHING, korean_speech.call(0.2, NO))
        assert failure.value.retryable

    _, server = with_server(scenario, hang_up_after=2)
    assert server.open_connections == 0


def test_a_server_that_is_away_is_named() -> None:
    async def scenario() -> None:
        with pytest.raises(RecognizerFailed, match=r"ws://127\.0\.0\.1:9 is away") as failure:
            await recognize(
                RemoteRecognizer("ws://127.0.0.1:9", language="ko"),
                ANYTHING,
                korean_speech.call(0.2, NO),
            )
        assert failure.value.retryable

    asyncio.run(scenario())


def test_a_server_that_takes_connections_and_says_nothing_is_given_up() -> None:
    async def scenario() -> None:
        silent = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        port = silent.sockets[0].getsockname()[1]
        recognizer = RemoteRecognizer(
            f"ws://127.0.0.1:{port}", language="ko", connect_timeout_s=0.2
        )
        with pytest.raises(RecognizerFailed, match=r"didn't answer in 0\.2 s"):
            await recognize(recognizer, ANYTHING, korean_speech.call(0.2, NO))
        silent.close()

    asyncio.run(scenario())


def test_a_server_that_can_t_be_reached_is_not_waited_for_twice() -> None:
    async def scenario() -> int:
        knocks = 0

        async def ignore(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal knocks
            knocks += 1
            await reader.read()
            writer.close()

        silent = await asyncio.start_server(ignore, "127.0.0.1", 0)
        port = silent.sockets[0].getsockname()[1]
        recognizer = RemoteRecognizer(
            f"ws://127.0.0.1:{port}", language="ko", connect_timeout_s=0.2
        )
        with pytest.raises(RecognizerFailed):
            await recognize(recognizer, ANYTHING, korean_speech.call(NO))
        silent.close()
        return knocks

    assert asyncio.run(scenario()) == 1


def test_a_server_that_never_gives_a_result_is_given_up() -> None:
    async def scenario(server: VoskServer) -> None:
        with pytest.raises(RecognizerFailed, match=r"no result .* within 0\.3 s") as failure:
            await recognize(client(server, timeout_s=0.3), ANYTHING, korean_speech.call(0.2, NO))
        assert failure.value.retryable

    _, server = with_server(scenario, mute=True)
    assert len(server.configs) == 1
    assert server.open_connections == 0


def test_a_server_of_another_protocol_is_said_to_be_one() -> None:
    async def scenario(server: VoskServer) -> None:
        with pytest.raises(RecognizerFailed, match="not vosk-server's protocol") as failure:
            await recognize(client(server), ANYTHING, korean_speech.call(0.2, NO))
        assert not failure.value.retryable

    with_server(scenario, nonsense="<html>")


def test_closing_drops_every_connection() -> None:
    async def scenario(server: VoskServer) -> None:
        recognizer = client(server)
        for _ in range(5):
            turn = recognizer.open_turn(CALL, ANYTHING, start_s=0.0)
            turn.accept(AudioFrame(korean_speech.say(NO)[:320], 0))
        while server.open_connections < 5:  # noqa: ASYNC110  bounded by the test's time-out
            await asyncio.sleep(0.01)
        await recognizer.close()

    _, server = with_server(scenario)

    assert server.open_connections == 0


@pytest.mark.parametrize(
    ("url", "options", "complaint"),
    [
        ("http://host:2700", {}, "ws://host:port"),
        ("ws://host:2700", {"sample_rate_hz": 44_100}, "8000 or 16000"),
    ],
)
def test_a_setting_that_can_t_work_is_refused_at_once(
    url: str, options: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(SettingsError, match=complaint):
        RemoteRecognizer(url, **options)
