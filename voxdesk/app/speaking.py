"""What the system says on one call: prompts in order, paused, resumed or stopped by the caller."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from dialog.events import Say
from telephony.legs import Cleared, Leg, Played
from tts.speech import SpeechService
from voxdesk.app.tasks import CallTasks
from voxdesk.kernel.audio import SAMPLES_PER_MS, Pcm, silence
from voxdesk.kernel.call import UtteranceId
from voxdesk.kernel.errors import SynthesisFailed

STALLED_MS = 15_000
"""Without a word from the line for so long, a prompt is given up; a voice gives up sooner."""


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


class SpeakingListener(Protocol):
    """Who wants to know how prompts fare; called on the loop."""

    def on_prompt_started(self, prompt: Prompt) -> None:
        """Its first frame was played."""

    def on_prompt_finished(self, prompt: Prompt) -> None:
        """It was played to its end."""

    def on_prompt_lost(self, prompt: Prompt) -> None:
        """The line dropped it, not us."""

    def on_prompt_failed(self, prompt: Prompt, error: SynthesisFailed) -> None:
        """No voice can say it."""

    def on_all_said(self) -> None:
        """Nothing is left to say."""


class Speaking:
    """Feeds prompts to a leg, sentence by sentence, and knows how far each got."""

    def __init__(
        self,
        leg: Leg,
        *,
        speech: SpeechService,
        now_ms: Callable[[], int],
        tasks: CallTasks,
        after: int = 0,
    ) -> None:
        """`after`: the highest name of an utterance that the leg has heard already."""
        self._leg = leg
        self._speech = speech
        self._now_ms = now_ms
        self.listener: SpeakingListener | None = None
        self._tasks = tasks
        self._prompts: deque[Prompt] = deque()
        self._names = count(after + 1)
        self._feeder: asyncio.Task[None] | None = None
        self._quiet = asyncio.Event()
        self._quiet.set()
        self.paused = False
        self.held = False  # the caller holds us: nothing plays, and nothing is overdue
        self._moved_ms = 0  # when something was last heard of what is being played
        self._paused_utterance: UtteranceId | None = None

    async def until_quiet(self) -> None:
        """Wait until nothing is left to say; the end of the leg ends the wait."""
        await self._quiet.wait()

    @property
    def busy(self) -> bool:
        """Whether something is being said or about to be."""
        return bool(self._prompts)

    @property
    def sensitive(self) -> bool:
        """Whether something is being said or about to be of which nothing may stay."""
        return any(prompt.say.sensitive for prompt in self._prompts)

    @property
    def current(self) -> Prompt | None:
        """The prompt that is being played, or is next."""
        return self._prompts[0] if self._prompts else None

    def say(self, say: Say, *, turn: int = 0) -> Prompt:
        """Say this after all that is already waiting."""
        prompt = Prompt(UtteranceId(next(self._names)), say, turn, self._now_ms())
        self._append(prompt)
        self._quiet.clear()
        self._feed()
        return prompt

    def play(self, pcm: Pcm, say: Say) -> Prompt:
        """The same with sound that is already there (music, a beep)."""
        prompt = Prompt(UtteranceId(next(self._names)), say, 0, self._now_ms(), complete=True)
        prompt.queued_ms = len(pcm) // SAMPLES_PER_MS
        self._append(prompt)
        self._quiet.clear()
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
        self._quiet.set()
        self._cancel_feeder()
        for prompt in dropped:
            self._leg.clear(prompt.utterance)
        self.paused = False
        self._paused_utterance = None
        return dropped

    def look(self) -> None:
        """Once for each 20 ms heard: what the line has said nothing of for long is given up."""
        if not self._prompts:
            return
        now_ms = self._now_ms()
        if self.held or self.paused:
            self._moved_ms = now_ms
        elif now_ms - self._moved_ms >= STALLED_MS:
            for prompt in self.stop():
                if self.listener is not None:
                    self.listener.on_prompt_lost(prompt)
            self._check_all_said()

    def on_played(self, event: Played) -> None:
        """The line says how far it is."""
        prompt = next((p for p in self._prompts if p.utterance == event.utterance), None)
        if prompt is None:
            return
        prompt.position_ms = event.position_ms
        self._moved_ms = self._now_ms()
        if prompt.first_audio_ms is None:
            prompt.first_audio_ms = max(0, event.at_ms - event.position_ms)
            if self.listener is not None:
                self.listener.on_prompt_started(prompt)
            if self.paused:
                # The line didn't know this one yet, or ended the one that was paused.
                self._paused_utterance = prompt.utterance
                self._leg.pause(prompt.utterance)
        if event.finished:
            self._finish(prompt)

    def on_cleared(self, event: Cleared) -> None:
        """The line has dropped one that we did not drop (it lost the call's media)."""
        prompt = next((p for p in self._prompts if p.utterance == event.utterance), None)
        if prompt is not None:
            self._prompts.remove(prompt)
            if self.listener is not None:
                self.listener.on_prompt_lost(prompt)
            self._check_all_said()

    def close(self) -> None:
        """The leg is gone."""
        self._prompts.clear()
        self._quiet.set()
        self._cancel_feeder()

    def _append(self, prompt: Prompt) -> None:
        if not self._prompts:
            self._moved_ms = self._now_ms()
        self._prompts.append(prompt)

    def _finish(self, prompt: Prompt) -> None:
        self._prompts.remove(prompt)
        if self.listener is not None:
            self.listener.on_prompt_finished(prompt)
        self._check_all_said()

    def _check_all_said(self) -> None:
        if not self._prompts:
            self.paused = False
            self._quiet.set()
            if self.listener is not None:
                self.listener.on_all_said()

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
                if self.listener is not None:
                    self.listener.on_prompt_failed(prompt, error)
            prompt.complete = True
            # The last sample closes the utterance; a prompt that failed still ends.
            self._leg.play(prompt.utterance, silence(SAMPLES_PER_MS), last=True)

    async def _feed_one(self, prompt: Prompt) -> None:
        say = prompt.say
        speech = self._speech.speak(say.text, language=say.language, sensitive=say.sensitive)
        async with aclosing(speech) as pieces:
            async for piece in pieces:
                if not prompt.queued_ms:
                    prompt.synth_ms = piece.synth_ms
                prompt.cached = prompt.cached and piece.cached
                first = not prompt.queued_ms
                self._moved_ms = self._now_ms()
                prompt.queued_ms += len(piece.pcm) // SAMPLES_PER_MS
                self._leg.play(prompt.utterance, piece.pcm, last=False)
                if first and self.paused and prompt.utterance == self._paused_utterance:
                    self._leg.pause(prompt.utterance)  # paused before the line knew of it
