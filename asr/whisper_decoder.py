"""From the audio of one turn to a transcript: windows, chunks, guards, confidence, word times."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from asr.closed_set import decide, is_candidate
from asr.language_model import phrases_of, rescore
from asr.plausibility import evidence, is_loop, is_made_up, is_wide
from asr.second_look import Finding, SecondLook
from asr.whisper_model import Candidate, Encoded, TimedToken, WhisperModel
from asr.whisper_models import BASE
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm, to_float
from voxdesk.kernel.speech import AnswerKind, Expectation, Hypothesis, Transcript, Word

# Whisper was trained on 30 s; a shorter window costs its share only, and below 15 s errors grow.
WINDOWS_S: Final = (15.0, 30.0)
# In haste errors may grow a little, and all who wait are heard sooner. Telephone turns take 0.6 of
# the processor time for the same word error rate; orders and digits lose 3 and 4 in 100.
HASTY_WINDOWS_S: Final = (10.0, 15.0, 30.0)
HASTY_BEAM: Final = 2
# Silence that the window must have left after the speech, or the last word suffers.
_MARGIN_S: Final = 0.5
# A longer turn is cut at the quietest moment of this part of each 30 s.
_CUT_FROM_S: Final = 20.0
_CUT_TO_S: Final = 29.0
_QUIET_BLOCK_S: Final = 0.2
_MIN_AUDIO_S: Final = 0.1
_LIKELY: Final = 0.3
# Speech is what lies within this of the loudest 20 ms.
_SPEECH_RANGE_DB: Final = 35.0
_NUMBERS: Final = (AnswerKind.DIGITS, AnswerKind.ORDER_NUMBER)
# "Five five five" is no loop of the decoder in these.
_REPEATING: Final = (*_NUMBERS, AnswerKind.CODE, AnswerKind.PHONE)
# How callers talk: said before a turn, it saves the base model one word error in ten where a step
# has no sentence of its own. Lists of words, and digits, make it worse; and the small model then
# finds words in loud noise.
_MANNER: Final = {
    (
        BASE,
        "en",
    ): "Hello, um, I'd like to ask about my order, please. Okay, yes, thank you. Goodbye.",
}
_BROKEN: Final = "\ufffd"  # a token may hold a part of a character


@dataclass(frozen=True, slots=True)
class _Reading:
    candidates: list[Candidate]
    no_speech: float
    encoded: Encoded | None


class WhisperDecoder:
    """Blocking decoding of turns; thread-safe, keeps nothing between turns."""

    def __init__(self, model: WhisperModel, *, beam: int = 5, n_best: int = 5) -> None:
        """`beam` and `n_best` hold for a thorough decoding."""
        self.model = model
        self._second_look = SecondLook(model, beam=beam)
        self.beam = beam
        self.n_best = n_best

    def decode(
        self, pcm: Pcm, expectation: Expectation, *, start_s: float, thorough: bool = True
    ) -> Transcript:
        """The transcript of 16 kHz audio; without hypotheses when nobody spoke.

        Args:
            pcm: the turn, with a little silence around it; any length.
            expectation: language, natural prompt and the like.
            start_s: of the first sample, seconds since answer.
            thorough: search wide, give N-best, and find out when each word was said. Otherwise be
                quick: see `HASTY_WINDOWS_S`; and words get their share of the time.

        Raises:
            RecognizerFailed: CTranslate2 gave up.
        """
        duration_s = len(pcm) / SAMPLE_RATE_HZ
        if duration_s < _MIN_AUDIO_S:
            return Transcript((), start_s=start_s, no_speech_probability=1.0)
        parts = []
        prompt = expectation.prompt or self._manner(expectation)
        for from_sample, to_sample in _chunks(pcm):
            part = self._decode_window(
                pcm[from_sample:to_sample],
                expectation,
                prompt=prompt,
                start_s=start_s + from_sample / SAMPLE_RATE_HZ,
                thorough=thorough,
            )
            prompt = part.text or prompt  # what was just said is the best prompt
            parts.append(part)
        return parts[0] if len(parts) == 1 else _joined(parts)

    def _manner(self, expectation: Expectation) -> str:
        free = expectation.kind is AnswerKind.FREE and not expectation.phrases
        language = expectation.language.partition("-")[0].lower()
        return _MANNER.get((self.model.name, language), "") if free else ""

    def _decode_window(
        self, pcm: Pcm, expectation: Expectation, *, prompt: str, start_s: float, thorough: bool
    ) -> Transcript:
        reading = self._read(pcm, expectation, prompt, thorough=thorough)
        candidates = reading.candidates
        if not candidates or reading.encoded is None:
            return Transcript((), start_s=start_s, no_speech_probability=reading.no_speech)
        found = evidence(pcm, no_speech=reading.no_speech, log_prob=candidates[0].log_prob)
        findings: list[Finding] = []
        if not is_made_up(found):
            findings = self._interpret(reading.encoded, candidates, expectation)
        elif found.is_audible:
            # One short word is easily called no speech; on a menu it has to sound like an option.
            findings = self._among_choices(reading.encoded, candidates, expectation)
        if not findings:
            return Transcript((), start_s=start_s, no_speech_probability=reading.no_speech)
        best = findings[0]
        first_s, last_s = (start_s + at_s for at_s in _speech_span(pcm))
        if thorough:
            known = next((c.tokens for c in candidates if c.text == best.text), None)
            times = self.model.align(
                reading.encoded,
                self.model.tokens(" " + best.text) if known is None else known,
                language=expectation.language,
            )
            words = _inside(self._words(times, start_s), first_s, last_s)
        else:
            words = _spread(best, first_s, last_s)
        hypotheses = tuple(
            Hypothesis(finding.text, round(finding.confidence, 4), words if index == 0 else ())
            for index, finding in enumerate(findings[: self.n_best])
        )
        return Transcript(
            hypotheses,
            start_s=words[0].start_s if words else start_s,
            no_speech_probability=reading.no_speech,
        )

    def _interpret(
        self, encoded: Encoded, candidates: list[Candidate], expectation: Expectation
    ) -> list[Finding]:
        """Readings ranked by sound and by what the step expects."""
        likely = {c.text: float(np.exp(c.log_prob)) for c in candidates}
        free = [Finding(text, confidence) for text, confidence in likely.items()]
        if expectation.kind in _NUMBERS and not expectation.letters:
            digits = self._second_look.digits(
                encoded,
                candidates,
                language=expectation.language,
                min_digits=expectation.min_digits,
                max_digits=expectation.max_digits,
            )
            return _first(digits, free)
        phrases = phrases_of(expectation)
        if not phrases:
            return free
        chosen = self._among_choices(encoded, candidates, expectation)
        if chosen and chosen[0].confidence >= _LIKELY:
            return _first(chosen, free)
        if chosen:
            # What else was heard may say the same in other words; this counts if it doesn't.
            return [*free[: self.n_best - 1], *chosen]
        ranked = rescore([(c.text, c.total_log_prob) for c in candidates], phrases)
        # A mended reading is as sure as the best free one, less what it had to share.
        sure = max(likely.values())
        return [Finding(text, likely.get(text, sure * share)) for text, share in ranked]

    def _among_choices(
        self, encoded: Encoded, candidates: list[Candidate], expectation: Expectation
    ) -> list[Finding]:
        """The phrase of a closed list that was said, if it was one; otherwise nothing."""
        if not expectation.choices or not is_candidate(candidates[0].text, encoded.duration_s):
            return []
        phrases = phrases_of(expectation)
        shares = self._second_look.phrases(encoded, phrases, language=expectation.language)
        readings = [(c.text, c.total_log_prob) for c in candidates]
        decided = decide(readings, phrases, shares)
        return [Finding(decided.phrase.text, decided.confidence)] if decided else []

    def _read(self, pcm: Pcm, expectation: Expectation, prompt: str, *, thorough: bool) -> _Reading:
        duration_s = len(pcm) / SAMPLE_RATE_HZ
        samples = to_float(pcm)
        possible_s = WINDOWS_S if thorough else HASTY_WINDOWS_S
        windows_s = [w for w in possible_s if duration_s + _MARGIN_S <= w] or [WINDOWS_S[-1]]
        reading = _Reading([], 1.0, None)
        # A short window is where loops come from; the full one, as trained, mostly gets out.
        for window_s in windows_s:
            encoded = self.model.encode(samples, window_s=window_s)
            candidates, no_speech = self.model.generate(
                encoded,
                language=expectation.language,
                prompt=prompt,
                beam=self.beam if thorough else min(self.beam, HASTY_BEAM),
                n_best=self.n_best,
                repeats=expectation.kind in _REPEATING,
            )
            sound = [c for c in candidates if c.text and not is_loop(c.text, duration_s=duration_s)]
            reading = _Reading(_unique(sound), no_speech, encoded)
            if sound or all(not c.text for c in candidates):
                break
        return reading

    def _words(self, times: tuple[TimedToken, ...], start_s: float) -> tuple[Word, ...]:
        groups: list[list[TimedToken]] = []
        for timed in times:
            text = self.model.text([timed.token])
            if (
                not groups
                or text.startswith(" ")
                or (text and is_wide(text[0]) and _BROKEN not in text)
            ):
                groups.append([])
            groups[-1].append(timed)
        words = []
        for group in groups:
            text = self.model.text([timed.token for timed in group]).strip()
            if text:
                words.append(
                    Word(
                        text,
                        round(start_s + group[0].start_s, 3),
                        round(start_s + group[-1].end_s, 3),
                        round(float(np.mean([timed.probability for timed in group])), 4),
                    )
                )
        return tuple(words)


def _speech_span(pcm: Pcm) -> tuple[float, float]:
    """Start and end of what is loud in some audio, seconds."""
    block = SAMPLE_RATE_HZ // 50
    blocks = pcm[: len(pcm) // block * block].astype(np.float32).reshape(-1, block)
    energies = np.square(blocks).mean(axis=1)
    loud = np.flatnonzero(energies >= energies.max() * 10 ** (-_SPEECH_RANGE_DB / 10))
    return int(loud[0]) * block / SAMPLE_RATE_HZ, (int(loud[-1]) + 1) * block / SAMPLE_RATE_HZ


def _spread(reading: Finding, first_s: float, last_s: float) -> tuple[Word, ...]:
    """Its words with times by their length: half of them within 0.2 s, nine of ten within 0.9."""
    texts = reading.text.split()
    if len(texts) == 1 and is_wide(texts[0][0]):
        texts = list(texts[0])  # a language that writes without spaces
    shares = np.cumsum([0, *(len(text) + 1 for text in texts)], dtype=np.float64)
    edges_s = (first_s + (last_s - first_s) * shares / max(1.0, shares[-1])).round(3).tolist()
    return tuple(
        Word(text, from_s, to_s, round(reading.confidence, 4))
        for text, (from_s, to_s) in zip(texts, pairwise(edges_s), strict=True)
    )


def _inside(words: tuple[Word, ...], first_s: float, last_s: float) -> tuple[Word, ...]:
    """Words without the silence that attention gives to the first and the last of them."""
    return tuple(
        replace(
            word,
            start_s=round(min(max(word.start_s, first_s), last_s), 3),
            end_s=round(min(max(word.end_s, first_s), last_s), 3),
        )
        for word in words
    )


def _first(preferred: Sequence[Finding], free: list[Finding]) -> list[Finding]:
    """What the second look found, then the free readings that it doesn't have."""
    found = {finding.text for finding in preferred}
    return [*preferred, *(finding for finding in free if finding.text not in found)]


def _unique(candidates: list[Candidate]) -> list[Candidate]:
    """The best spelling of each wording: capitals and commas are not a second opinion."""
    seen: dict[str, Candidate] = {}
    for candidate in candidates:
        said = "".join(c for c in candidate.text.casefold() if c.isalnum() or c.isspace())
        seen.setdefault(" ".join(said.split()), candidate)
    return list(seen.values())


def _chunks(pcm: Pcm) -> list[tuple[int, int]]:
    """Sample ranges of at most 29 s, cut where it is quietest; one range for a usual turn."""
    chunks = []
    start = 0
    while len(pcm) - start > WINDOWS_S[-1] * SAMPLE_RATE_HZ:
        block = int(_QUIET_BLOCK_S * SAMPLE_RATE_HZ)
        first = start + int(_CUT_FROM_S * SAMPLE_RATE_HZ)
        last = start + int(_CUT_TO_S * SAMPLE_RATE_HZ)
        blocks = pcm[first:last].astype(np.float32)
        energies = np.square(blocks[: len(blocks) // block * block]).reshape(-1, block).mean(axis=1)
        cut = first + int(np.argmin(energies)) * block + block // 2
        chunks.append((start, cut))
        start = cut
    chunks.append((start, len(pcm)))
    return chunks


def _joined(parts: list[Transcript]) -> Transcript:
    """One transcript of the chunks of a long turn; it has one hypothesis."""
    spoken = [part for part in parts if part.hypotheses]
    if not spoken:
        return parts[0]
    weights = [max(1, len(part.text)) for part in spoken]
    confidence = float(np.average([part.confidence for part in spoken], weights=weights))
    words = tuple(word for part in spoken for word in part.hypotheses[0].words)
    text = " ".join(part.text for part in spoken)
    return Transcript(
        (Hypothesis(text, round(confidence, 4), words),),
        start_s=spoken[0].start_s,
        no_speech_probability=min(part.no_speech_probability for part in spoken),
    )
