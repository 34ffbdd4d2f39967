"""What a call uses to speak: text in, pieces of sound out, the first as early as possible."""

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tts.cache import PromptCache, PromptKey
from tts.normalize import normalize
from tts.sentences import split_sentences
from tts.shaping import join
from tts.synthesizer import Synthesizer
from tts.workers import Job, Priority, SynthesisWorkers
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, SAMPLES_PER_MS, Pcm, silence
from voxdesk.kernel.errors import SynthesisFailed

log = logging.getLogger(__name__)

SENTENCE_PAUSE_MS = 220
LOOK_AHEAD_S = 4.0
TIMEOUT_S = 6.0


@dataclass(frozen=True, slots=True)
class SpokenPiece:
    """Some sound of an answer.

    Attributes:
        pcm: 16 kHz int16; read-only when it comes from the cache.
        sentence_index: which sentence of the text, from 0.
        text: that sentence as written.
        cached: it was not made now.
        first: it is the first of the answer.
        synth_ms: wall ms from asking for this sentence to its first piece; 0 if cached.
    """

    pcm: Pcm
    sentence_index: int
    text: str
    cached: bool
    first: bool
    synth_ms: float


class SpeechService:
    """Voices, cache and workers behind one asyncio front. Make one a process.

    Args:
        voices: language ("en", "zh") to its voice. May name cloud voices.
        cache: finished prompts; None makes everything anew.
        private_voices: language to a local voice, for sensitive text; by default those of
            `voices` that are local.
        workers: threads; each makes one sentence at a time.
        look_ahead_s: later sentences of an answer are begun when less than this is left to play.
        timeout_s: the longest wait for the next piece of a sentence.
        today: the callers' date, for saying near dates by their weekday.
    """

    def __init__(
        self,
        voices: Mapping[str, Synthesizer],
        cache: PromptCache | None = None,
        *,
        private_voices: Mapping[str, Synthesizer] | None = None,
        workers: int = 2,
        look_ahead_s: float = LOOK_AHEAD_S,
        timeout_s: float = TIMEOUT_S,
        today: Callable[[], dt.date] | None = None,
    ) -> None:
        self._voices = dict(voices)
        local = {tag: voice for tag, voice in voices.items() if voice.local}
        self._private = local if private_voices is None else dict(private_voices)
        self._cache = cache
        self._look_ahead_s = look_ahead_s
        self._timeout_s = timeout_s
        self._today = today
        self._workers = SynthesisWorkers(workers)
        # Disk reads have a thread of their own, so a cached prompt never waits for synthesis.
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="tts-cache")
        self._jobs: dict[PromptKey, Job] = {}
        self._closed = False
        self._background: set[asyncio.Task[None]] = set()

    @property
    def languages(self) -> tuple[str, ...]:
        """Primary tags that there is a voice for."""
        return tuple(self._voices)

    @property
    def trouble(self) -> str:
        """Why prompts can't be kept on disk; empty when they can."""
        return self._cache.trouble if self._cache is not None else ""

    async def speak(
        self, text: str, *, language: str = "en", sensitive: bool = False
    ) -> AsyncGenerator[SpokenPiece, None]:
        """The sound of a text, sentence by sentence. Close the iterator to stop the work.

        It assumes that the pieces are played in real time from when they are taken, and begins
        later sentences when their turn comes near. Sentences are `SENTENCE_PAUSE_MS` apart.

        Args:
            text: as written; numbers, money, dates and so on are put into words here.
            language: BCP 47; only the primary tag chooses the voice.
            sensitive: never cached, never sent to a cloud voice.

        Raises:
            SynthesisFailed: no voice can say the next sentence; what came before stands.
        """
        tag = _primary(language)
        voice = self._voice(tag, sensitive=sensitive)
        sentences = split_sentences(text)
        answer = _Answer(self._look_ahead_s)
        following: Job | None = None
        job: Job | None = None
        try:
            for index, sentence in enumerate(sentences):
                key = self._key(voice, tag, sentence)
                pause = silence(SENTENCE_PAUSE_MS * SAMPLES_PER_MS if index else 0)
                job, following = following, None
                if job is None:
                    found = None if sensitive else await self._look_up(key)
                    if found is not None:
                        answer.add(len(pause) + len(found))
                        pcm = join([pause, found]) if index else found
                        yield SpokenPiece(
                            pcm, index, sentence, cached=True, first=index == 0, synth_ms=0.0
                        )
                        continue
                    await answer.until_near_the_end()
                    urgent = Priority.FIRST if answer.left_s < 1.0 else Priority.LOOK_AHEAD
                    job = self._listen(voice, key, urgent, sensitive=sensitive)
                else:
                    self._raise_priority(job, Priority.FIRST)
                async for number, piece in self._pieces(job):
                    pcm = join([pause, piece]) if index and not number else piece
                    answer.add(len(pcm))
                    if not number and index + 1 < len(sentences):
                        following = await self._begin_next(
                            voice, tag, sentences[index + 1], answer, sensitive=sensitive
                        )
                    yield SpokenPiece(
                        pcm,
                        index,
                        sentence,
                        cached=False,
                        first=index == 0 and not number,
                        synth_ms=job.first_ms,
                    )
                self._leave(job)
                job = None
        finally:
            self._leave(job)
            self._leave(following)

    async def warm(self, texts: Iterable[str], *, language: str = "en") -> int:
        """Make what isn't cached yet, now, and keep it on disk; how many sentences were made.

        For texts that every caller may hear. What `speak` makes may be about one person, and stays
        in memory.

        Raises:
            SynthesisFailed: a voice can't say one.
        """
        return await self._warm(texts, _primary(language), Priority.LOOK_AHEAD)

    async def prepare(self, text: str, *, language: str = "en") -> None:
        """Make what may be said next, for one caller: kept in memory, not on disk.

        Raises:
            SynthesisFailed: the voice can't say it.
        """
        await self._warm([text], _primary(language), Priority.LOOK_AHEAD, on_disk=False)

    def warm_in_background(self, texts: Iterable[str], *, language: str = "en") -> None:
        """The same, whenever no call needs a voice. A failure is logged, without the text."""

        async def run() -> None:
            try:
                made = await self._warm(texts, _primary(language), Priority.WARM)
            except SynthesisFailed as error:
                log.warning("warming the prompts stopped: %s", error)
            else:
                log.info("prompts are warm, %d made", made)

        task = asyncio.get_running_loop().create_task(run())
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def close(self) -> None:
        """Stop everything and free the voices. What is asked for later fails."""
        self._closed = True
        for task in list(self._background):
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        for job in self._jobs.values():
            job.cancel()
        await asyncio.to_thread(self._workers.close)
        self._disk.shutdown(wait=False, cancel_futures=True)
        voices = {id(v): v for v in (*self._voices.values(), *self._private.values())}
        for voice in voices.values():
            voice.close()

    # ------------------------------------------------------------------ inside

    def _voice(self, tag: str, *, sensitive: bool) -> Synthesizer:
        if self._closed:
            raise SynthesisFailed("shutting down", voice="tts")
        voices = self._private if sensitive else self._voices
        try:
            return voices[tag]
        except KeyError:
            what = "local voice" if sensitive else "voice"
            raise SynthesisFailed(
                f'no {what} for language "{tag}" (there are: {", ".join(voices) or "none"}). '
                "Name one in the settings; `voxdesk models get` brings Piper voices.",
                voice="tts",
            ) from None

    def _key(self, voice: Synthesizer, tag: str, sentence: str) -> PromptKey:
        today = self._today() if self._today is not None else None
        return PromptKey(voice.name, tag, normalize(sentence, tag, today=today))

    async def _look_up(self, key: PromptKey) -> Pcm | None:
        if self._cache is None:
            return None
        pcm = self._cache.peek(key)
        if pcm is not None:
            return pcm
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._disk, self._cache.get, key)

    def _listen(
        self,
        voice: Synthesizer,
        key: PromptKey,
        priority: Priority,
        *,
        sensitive: bool,
        on_disk: bool = False,
    ) -> Job:
        """The job that makes this sentence: the one under way, or a new one."""
        job = None if sensitive else self._jobs.get(key)
        if job is None or job.done or job.cancelled:
            keeper = self._keeper(voice, key, sensitive=sensitive, on_disk=on_disk)
            job = Job(voice, key.text, key.language, priority, keeper)
            self._workers.submit(job)
            if not sensitive:
                self._jobs[key] = job
        job.listeners += 1
        self._raise_priority(job, priority)
        return job

    def _keeper(
        self, voice: Synthesizer, key: PromptKey, *, sensitive: bool, on_disk: bool
    ) -> "_Keep | None":
        if sensitive or self._cache is None:
            return None
        return _Keep(self._cache, voice, key, on_disk)

    def _raise_priority(self, job: Job, priority: Priority) -> None:
        if priority < job.priority and not job.done:
            job.priority = priority
            self._workers.submit(job)

    def _leave(self, job: Job | None) -> None:
        if job is None:
            return
        job.listeners -= 1
        if job.listeners <= 0:
            job.cancel()
            for key in [key for key, known in self._jobs.items() if known is job]:
                del self._jobs[key]

    async def _pieces(self, job: Job) -> AsyncIterator[tuple[int, Pcm]]:
        number = 0
        while True:
            while number < len(job.pieces):
                yield number, job.pieces[number]
                number += 1
            if job.error is not None:
                raise job.error
            if job.done:
                return
            await job.wait(self._timeout_s)

    async def _begin_next(
        self, voice: Synthesizer, tag: str, sentence: str, answer: "_Answer", *, sensitive: bool
    ) -> Job | None:
        """Start the next sentence while this one plays, unless it is cached or there is time."""
        key = self._key(voice, tag, sentence)
        if answer.left_s > self._look_ahead_s:
            return None
        if not sensitive and await self._look_up(key) is not None:
            return None
        return self._listen(voice, key, Priority.LOOK_AHEAD, sensitive=sensitive)

    async def _warm(
        self, texts: Iterable[str], tag: str, priority: Priority, *, on_disk: bool = True
    ) -> int:
        voice = self._voice(tag, sensitive=False)
        made = 0
        for text in texts:
            for sentence in split_sentences(text):
                key = self._key(voice, tag, sentence)
                if await self._look_up(key) is not None:
                    continue
                job = self._listen(voice, key, priority, sensitive=False, on_disk=on_disk)
                try:
                    async for _ in self._pieces(job):
                        pass
                finally:
                    self._leave(job)
                made += 1
        return made


class _Answer:
    """How much of an answer is still to be played, if its pieces are played as they are taken."""

    def __init__(self, look_ahead_s: float) -> None:
        self._look_ahead_s = look_ahead_s
        self._ends_at: float | None = None

    def add(self, samples: int) -> None:
        now = asyncio.get_running_loop().time()
        begins = now if self._ends_at is None else max(now, self._ends_at)
        self._ends_at = begins + samples / SAMPLE_RATE_HZ

    @property
    def left_s(self) -> float:
        if self._ends_at is None:
            return 0.0
        return max(0.0, self._ends_at - asyncio.get_running_loop().time())

    async def until_near_the_end(self) -> None:
        await asyncio.sleep(max(0.0, self.left_s - self._look_ahead_s))


@dataclass(frozen=True, slots=True)
class _Keep:
    """Puts a finished sentence in the cache, in the worker."""

    cache: PromptCache
    voice: Synthesizer
    key: PromptKey
    on_disk: bool

    def __call__(self, pieces: list[Pcm]) -> None:
        # A voice that fell back to another one meanwhile has another name now, and this sound
        # must not be taken for its own later.
        if self.voice.name == self.key.voice:
            self.cache.put(self.key, join(pieces), on_disk=self.on_disk)


def _primary(language: str) -> str:
    return language.replace("_", "-").split("-", 1)[0].lower()
