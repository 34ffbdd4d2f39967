"""What the system says on one call: prompts in order, paused, resumed or stopped by the caller."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from dialog.events import Say
from telephony.legs import Cleared, Leg, Played
from tts.speech import SpeechService
from voxdesk.app.tasks import CallTasks
from voxdesk.kernel.audio import SAMPLES_PER_MS, Pcm, silence
from voxdesk.kernel.call import UtteranceId
from voxdesk.kernel.errors import SynthesisFailed

# Sound is sent ahead of time, but not without end: what is interrupted was synthesized in vain.
LOOK_AHEAD_MS = 4_000


@dataclass(slots=True)
class Prompt:
    """One `Say` on its way to the caller's ear.

    Attributes:
        utterance: its name at the line.
        say: what was asked for.
        turn: the caller's turn that it answers, 0 for none.
        asked_ms: when it was asked for, ms since answer.
        queued_ms: sound handed to the line so far.
        complete: all of it is there.
        position_ms: sound that the caller was sent.
        first_audio_ms: when its first frame was played, ms since answer.
        cached: no sentence had to be synthesized.
        synth_ms: wall time until its first sound was there.
    """

    utterance: UtteranceId
    say: Say
    turn: int
    asked_ms: int
    queued_ms: int = 0
    complete: bool = False
    position_ms: int = 0
    first_audio_ms: int | None = None
    cached: bool = True
    synth_ms: float = 0.0

    @property
    def heard_share(self) -> float:
        """Share of it that the caller has heard, 0..1."""
        if not self.queued_ms:
            return 0.0
        share = min(1.0, self.position_ms / self.queued_ms)
        return share if self.complete else min(share, 0.95)


@dataclass(frozen=True, slots=True)
class SpeakingCallbacks:
    """What the conversation wants to know; all are called on the loop."""

    started: Callable[[Prompt], None]  # its first frame was played
    finished: Callable[[Prompt], None]  # it was played to its end
    stopped: Callable[[Prompt], None]  # the line dropped it, not us
    all_finished: Callable[[], None]  # nothing is left to say
    failed: Callable[[Prompt, SynthesisFailed], None]  # no voice can say it


class Speaking:
    """Feeds prompts to a leg, sentence by sentence, and knows how far each got."""

    def __init__(
        self,
        leg: Leg,
        *,
        speech: SpeechService,
        now_ms: Callable[[], int],
        callbacks: SpeakingCallbacks,
        tasks: CallTasks,
    ) -> None:
        self._leg = leg
        self._speech = speech
        self._now_ms = now_ms
        self._callbacks = callbacks
        self._tasks = tasks
        self._prompts: deque[Prompt] = deque()
        self._names = count(1)
        self._feeder: asyncio.Task[None] | None = None
        self._room = asyncio.Event()
        self.paused = False
        self._paused_utterance: UtteranceId | None = None

    @property
    def busy(self) -> bool:
        """Whether something is being said or about to be."""
        return bool(self._prompts)

    @property
    def current(self) -> Prompt | None:
        """The prompt that is being played, or is next."""
        return self._prompts[0] if self._prompts else None

    def say(self, say: Say, *, turn: int = 0) -> Prompt:
        """Say this after all that is already waiting."""
        prompt = Prompt(UtteranceId(next(self._names)), say, turn, self._now_ms())
        self._prompts.append(prompt)
        self._feed()
        return prompt

    def play(self, pcm: Pcm, say: Say) -> Prompt:
        """The same with sound that is already there (music, a beep)."""
        prompt = Prompt(UtteranceId(next(self._names)), say, 0, self._now_ms(), complete=True)
        prompt.queued_ms = len(pcm) // SAMPLES_PER_MS
        self._prompts.append(prompt)
        self._leg.play(prompt.utterance, pcm, last=True)
        return prompt

    def pause(self) -> None:
        """Hold at once; nothing is lost."""
        if self.paused or not self._prompts:
            return
        self.paused = True
        self._paused_utterance = self._prompts[0].utterance
        self._leg.pause(self._paused_utterance)

    def resume(self) -> None:
        """Go on from the sample at which it was paused."""
        if not self.paused:
            return
        self.paused = False
        if self._paused_utterance is not None:
            self._leg.resume(self._paused_utterance)
        self._paused_utterance = None

    def stop(self) -> list[Prompt]:
        """Drop everything that isn't played yet; returns what was dropped, in order."""
        dropped = list(self._prompts)
        self._prompts.clear()
        self._cancel_feeder()
        for prompt in dropped:
            self._leg.clear(prompt.utterance)
        self.paused = False
        self._paused_utterance = None
        return dropped

    def on_played(self, event: Played) -> None:
        """The line says how far it is."""
        prompt = next((p for p in self._prompts if p.utterance == event.utterance), None)
        if prompt is None:
            return
        prompt.position_ms = event.position_ms
        if prompt.first_audio_ms is None:
            prompt.first_audio_ms = max(0, event.at_ms - event.position_ms)
            self._callbacks.started(prompt)
            if self.paused and self._paused_utterance != prompt.utterance:
                # The paused one ended before the line heard of the pause.
                self._paused_utterance = prompt.utterance
                self._leg.pause(prompt.utterance)
        self._room.set()
        if event.finished:
            self._finish(prompt)

    def on_cleared(self, event: Cleared) -> None:
        """The line has dropped one that we did not drop (it lost the call's media)."""
        prompt = next((p for p in self._prompts if p.utterance == event.utterance), None)
        if prompt is not None:
            self._prompts.remove(prompt)
            self._callbacks.stopped(prompt)

    def close(self) -> None:
        """The leg is gone."""
        self._prompts.clear()
        self._cancel_feeder()

    def _finish(self, prompt: Prompt) -> None:
        self._prompts.remove(prompt)
        self._callbacks.finished(prompt)
        if not self._prompts:
            self.paused = False
            self._callbacks.all_finished()

    def _cancel_feeder(self) -> None:
        if self._feeder is not None:
            self._feeder.cancel()
            self._feeder = None

    def _feed(self) -> None:
        if self._feeder is None or self._feeder.done():
            self._feeder = self._tasks.start(self._feed_all(), "speaking")

    async def _feed_all(self) -> None:
        while (prompt := next((p for p in self._prompts if not p.complete), None)) is not None:
            try:
                await self._feed_one(prompt)
            except SynthesisFailed as error:
                self._callbacks.failed(prompt, error)
            prompt.complete = True
            # The last sample closes the utterance; a prompt that failed still ends.
            self._leg.play(prompt.utterance, silence(SAMPLES_PER_MS), last=True)

    async def _feed_one(self, prompt: Prompt) -> None:
        say = prompt.say
        pieces = self._speech.speak(say.text, language=say.language, sensitive=say.sensitive)
        try:
            async for piece in pieces:
                if not prompt.queued_ms:
                    prompt.synth_ms = piece.synth_ms
                prompt.cached = prompt.cached and piece.cached
                prompt.queued_ms += len(piece.pcm) // SAMPLES_PER_MS
                self._leg.play(prompt.utterance, piece.pcm, last=False)
                while prompt.queued_ms - prompt.position_ms > LOOK_AHEAD_MS:
                    self._room.clear()
                    await self._room.wait()
        finally:
            await pieces.aclose()
