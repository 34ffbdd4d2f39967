"""A recognizer on another machine, over vosk-server's WebSocket protocol.

    client: {"config": {"sample_rate": 16000, "words": true, "max_alternatives": 5}}
    client: binary int16 audio                 server: {"partial": "…"} or a result, each time
    client: {"eof" : 1}                        server: the last result; closes

A connection is one decoding: `eof` ends it. When the caller speaks on after a speculation, or the
connection is lost, a new one is opened and hears the turn from its start.

Source: https://github.com/alphacep/vosk-server, websocket/asr_server.py.
"""

import asyncio
import time
from dataclasses import dataclass, replace
from typing import Any, Final

from asr.grammar import closed_phrases
from asr.recognizer import RecognizerCapabilities
from asr.remote_link import ENGINE, ServerLink
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, AudioFrame, Pcm
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import AudioFormatError, ModelMissing, RecognizerFailed, SettingsError
from voxdesk.kernel.speech import Expectation, Hypothesis, Transcript

_REOPEN_AFTER_SAMPLES: Final = SAMPLE_RATE_HZ // 2
_MAX_TURN_SAMPLES: Final = 300 * SAMPLE_RATE_HZ
_SAME_END_S: Final = 0.001
_PARTIAL_CONFIDENCE: Final = 0.5  # not known before the end


class RemoteRecognizer:
    """A server that speaks vosk-server's protocol, for all calls."""

    def __init__(
        self,
        url: str,
        *,
        language: str = "en",
        sample_rate_hz: int = SAMPLE_RATE_HZ,
        n_best: int = 5,
        grammar: bool = False,
        connect_timeout_s: float = 2.0,
        timeout_s: float = 5.0,
    ) -> None:
        """Nothing is connected before the first turn.

        Args:
            url: "ws://host:2700" or "wss://…".
            language: what its model speaks, BCP 47 primary tag.
            sample_rate_hz: 16000, or 8000 for a model of telephone speech.
            n_best: readings asked for; 0 for one with word confidences.
            grammar: send closed lists of phrases; only where the server's model can use them
                (small models do, large ones fail).
            connect_timeout_s: bound for TCP, TLS and the WebSocket handshake together.
            timeout_s: bound for one result.

        Raises:
            SettingsError: the URL or the rate can't be right.
        """
        if not url.startswith(("ws://", "wss://")):
            raise SettingsError(
                f'a recognition server is "ws://host:port" or "wss://…", not "{url}"'
            )
        if sample_rate_hz not in (8_000, SAMPLE_RATE_HZ):
            raise SettingsError(
                f"a recognition server hears 8000 or 16000 Hz, not {sample_rate_hz}"
            )
        self.url = url
        self.sample_rate_hz = sample_rate_hz
        self.connect_timeout_s = connect_timeout_s
        self.timeout_s = timeout_s
        self.name = ENGINE
        self.capabilities = RecognizerCapabilities(
            partials=True,
            grammar=grammar,
            word_times=True,
            n_best=max(1, n_best),
            languages=(language,),
        )
        self._n_best = n_best
        self._links: set[ServerLink] = set()

    def open_turn(
        self, call_id: CallId, expectation: Expectation, *, start_s: float
    ) -> "RemoteTurn":
        """A new turn; connecting goes on while its frames are kept.

        Raises:
            ModelMissing: the server is configured for another language.
        """
        del call_id  # the server needn't know
        if expectation.language.split("-")[0].lower() not in self.capabilities.languages:
            raise ModelMissing(
                f"the recognition server understands {', '.join(self.capabilities.languages)}, "
                f'not "{expectation.language}". Configure a server for that language.'
            )
        return RemoteTurn(self, expectation, start_s=start_s)

    def link(self, expectation: Expectation, *, start_s: float) -> ServerLink:
        """A new connection for one decoding that starts at `start_s`."""
        config: dict[str, Any] = {
            "sample_rate": self.sample_rate_hz,
            "words": True,
            "max_alternatives": self._n_best,
        }
        phrases = closed_phrases(expectation) if self.capabilities.grammar else ()
        if phrases:
            config["phrase_list"] = [*phrases, "[unk]"]
        link = ServerLink(
            self.url,
            config,
            start_s=start_s,
            connect_timeout_s=self.connect_timeout_s,
            timeout_s=self.timeout_s,
        )
        self._links.add(link)
        link.task.add_done_callback(lambda _: self._links.discard(link))
        return link

    async def close(self) -> None:
        """Drop every connection."""
        tasks = [link.task for link in self._links]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=self.timeout_s)


class RemoteTurn:
    """Recognition of one turn on the server."""

    def __init__(
        self, recognizer: RemoteRecognizer, expectation: Expectation, *, start_s: float
    ) -> None:
        """`start_s` may be earlier than the first frame; the frames' own offsets count."""
        self._recognizer = recognizer
        self._expectation = expectation
        self._start_s = start_s
        self._first_s = start_s
        self._audio: list[Pcm] = []
        self._samples = 0
        self._unheard = 0  # samples since the last connection was ended
        self._link: ServerLink | None = None
        self._attempt: _Attempt | None = None
        self._closed = False

    def accept(self, frame: AudioFrame) -> None:
        """Take a frame; frames after the end are ignored.

        Raises:
            AudioFormatError: not at 16 kHz.
        """
        if frame.sample_rate_hz != SAMPLE_RATE_HZ:
            raise AudioFormatError(f"recognizers hear 16000 Hz, got {frame.sample_rate_hz} Hz")
        if self._closed or self._samples >= _MAX_TURN_SAMPLES:
            return
        first = not self._audio
        if first:
            self._first_s = frame.start_s
        self._audio.append(frame.pcm)
        self._samples += len(frame.pcm)
        self._unheard += len(frame.pcm)
        if self._link is not None:
            self._link.put(frame.pcm)
        elif first or self._unheard >= _REOPEN_AFTER_SAMPLES:
            self._link = self._open()

    @property
    def partial(self) -> Transcript | None:
        """The text so far; None before the first word."""
        text = self._link.text if self._link is not None else ""
        if not text:
            return None
        return Transcript(
            (Hypothesis(text, _PARTIAL_CONFIDENCE),),
            is_final=False,
            start_s=self._start_s,
            end_s=self._first_s + self._samples / SAMPLE_RATE_HZ,
            engine=ENGINE,
        )

    async def speculate(self, speech_end_s: float) -> Transcript | None:
        """The result if the turn ended now; None when the server gave none."""
        if self._closed:
            return None
        try:
            return replace(await self._result(speech_end_s), is_final=False)
        except RecognizerFailed:
            return None  # `finish` tries again, and says so if that fails too

    async def finish(self, speech_end_s: float) -> Transcript:
        """The final transcript; a connection that is lost is made once more, with the same audio.

        Raises:
            RecognizerFailed: retryable when the server was away or too slow.
        """
        if self._closed and self._attempt is None:
            raise RecognizerFailed("the turn was cancelled", engine=ENGINE)
        try:
            try:
                return await self._result(speech_end_s)
            except RecognizerFailed as error:
                lost = self._attempt is not None and self._attempt.link.lost
                if not error.retryable or self._closed or not lost:
                    raise
                self._drop()
                return await self._result(speech_end_s)
        finally:
            self._close()

    def cancel(self) -> None:
        """Drop the connection and the audio."""
        self._drop()
        self._close()

    async def _result(self, speech_end_s: float) -> Transcript:
        attempt = self._attempt
        same = attempt is not None and abs(attempt.speech_end_s - speech_end_s) < _SAME_END_S
        if attempt is None or not (self._closed or same):
            if self._attempt is not None:
                self._attempt.link.drop()
            attempt = self._attempt = self._ask(speech_end_s)
        readings = await attempt.link.result()
        return Transcript(
            readings,
            start_s=self._start_s,
            end_s=speech_end_s,
            no_speech_probability=0.0 if readings else 1.0,
            engine=ENGINE,
            decode_ms=max(0.0, attempt.link.ended - attempt.asked) * 1000.0,
        )

    def _ask(self, speech_end_s: float) -> "_Attempt":
        link = self._link or self._open()
        self._link, self._unheard = None, 0
        link.end()
        return _Attempt(speech_end_s, link, time.monotonic())

    def _open(self) -> ServerLink:
        link = self._recognizer.link(self._expectation, start_s=self._first_s)
        for pcm in self._audio:
            link.put(pcm)
        return link

    def _drop(self) -> None:
        if self._attempt is not None:
            self._attempt.link.drop()
            self._attempt = None

    def _close(self) -> None:
        self._closed = True
        self._audio.clear()
        if self._link is not None:
            self._link.drop()
            self._link = None


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One result that was asked for: of the audio up to one end of speech."""

    speech_end_s: float
    link: ServerLink
    asked: float
