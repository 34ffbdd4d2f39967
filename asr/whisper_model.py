"""Whisper by CTranslate2: encode once, then generate, score and align on the same encoding.

Everything here blocks and releases the GIL; it is called from decoding threads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import ctranslate2
import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from asr.whisper_features import FRAMES_PER_S, log_mel
from asr.whisper_models import TINY_EN
from voxdesk.kernel.audio import SAMPLE_RATE_HZ
from voxdesk.kernel.errors import ModelMissing, RecognizerFailed

MAX_WINDOW_S: Final = 30.0
# The encoder makes one vector of two frames, which is also the grid of word times.
SECONDS_PER_STEP: Final = 2.0 / FRAMES_PER_S
_MAX_PROMPT_TOKENS: Final = 100
_MAX_TOKENS: Final = 448
# Nobody says more than this; what does is a loop.
_TOKENS_PER_S: Final = 8.0
_SPARE_TOKENS: Final = 8

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Penalties:
    """How a search weighs length and repetition, measured on telephone turns.

    Attributes:
        length: 1 compares readings by the mean of their log probabilities, 0 by the sum.
        repetition: the logits of words that were said already are divided by this.
    """

    length: float = 1.0
    repetition: float = 1.0


# The smallest model gets into loops: this saves it a twentieth of its word errors. The larger one
# loses as much by it.
_PENALTIES: Final = {TINY_EN: Penalties(length=0.5, repetition=1.05)}


@dataclass(frozen=True, slots=True)
class Encoded:
    """The encoder's view of one window.

    Attributes:
        view: CTranslate2's own tensor, shape (1, window steps, width).
        duration_s: of the audio in it, without the silence that fills the window.
    """

    view: Any
    duration_s: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of a window.

    Attributes:
        text: as Whisper writes it, with capitals and punctuation.
        tokens: text tokens only.
        log_prob: mean log probability of a token, end token included.
    """

    text: str
    tokens: tuple[int, ...]
    log_prob: float

    @property
    def total_log_prob(self) -> float:
        """Log probability of the whole reading."""
        return self.log_prob * (len(self.tokens) + 1)


@dataclass(frozen=True, slots=True)
class TimedToken:
    """Where a token starts and ends in its window, seconds, and how likely it was, 0..1."""

    token: int
    start_s: float
    end_s: float
    probability: float


class WhisperModel:
    """Weights and tokenizer, shared by every call and thread."""

    def __init__(self, path: Path, *, name: str, workers: int = 2, threads: int = 1) -> None:
        """Load the weights (80 ms for tiny.en).

        Args:
            path: directory in CTranslate2's format.
            name: how transcripts call it; "tiny.en" also chooses what was measured for it.
            workers: decodings at the same time; the weights are shared.
            threads: processor threads of one decoding.

        Raises:
            ModelMissing: the files can't be read as a Whisper model.
        """
        self.name = name
        self._penalties = _PENALTIES.get(name, Penalties())
        try:
            self._model = ctranslate2.models.Whisper(
                str(path),
                device="cpu",
                compute_type="int8",
                inter_threads=workers,
                intra_threads=threads,
            )
            self._tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
        except Exception as error:  # both libraries raise bare RuntimeError or Exception
            raise ModelMissing(
                f"Whisper model {name}: the files in {path} can't be loaded ({error}). "
                "Reinstall the package, or convert the model again."
            ) from error
        self.multilingual: bool = self._model.is_multilingual
        self._mels: int = self._model.n_mels
        self._end = self._token("<|endoftext|>")
        self._start = self._token("<|startoftranscript|>")
        self._previous = self._token("<|startofprev|>")
        self._no_times = self._token("<|notimestamps|>")

    def _token(self, text: str) -> int:
        token = self._tokenizer.token_to_id(text)
        if token is None:
            raise ModelMissing(f"Whisper model {self.name}: its tokenizer has no {text}")
        return int(token)

    def tokens(self, text: str) -> tuple[int, ...]:
        """Text tokens of `text`, which starts with a space where a word starts."""
        return tuple(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def text(self, tokens: Sequence[int]) -> str:
        """The text of tokens."""
        return str(self._tokenizer.decode(list(tokens)))

    def understands(self, language: str) -> bool:
        """Whether the model was trained on this BCP 47 language."""
        primary = language.split("-", maxsplit=1)[0].lower()
        if not self.multilingual:
            return primary == "en"
        return self._tokenizer.token_to_id(f"<|{primary}|>") is not None

    def encode(self, samples: Floats, *, window_s: float) -> Encoded:
        """Run the encoder over `samples`, 16 kHz in [-1, 1), followed by silence."""
        frames = 2 * round(min(window_s, MAX_WINDOW_S) / SECONDS_PER_STEP)
        features = log_mel(samples, frames=frames, mels=self._mels)
        view = ctranslate2.StorageView.from_array(np.ascontiguousarray(features[None]))
        try:
            encoded = self._model.encode(view)
        except RuntimeError as error:
            raise RecognizerFailed(str(error), engine=self.name) from error
        return Encoded(encoded, min(len(samples) / SAMPLE_RATE_HZ, frames / FRAMES_PER_S))

    def generate(
        self,
        encoded: Encoded,
        *,
        language: str,
        prompt: str = "",
        beam: int = 5,
        n_best: int = 5,
        repeats: bool = False,
        allowed: frozenset[int] | None = None,
        prefix: Sequence[int] = (),
    ) -> tuple[list[Candidate], float]:
        """Readings of one window, best first, and the probability that it holds no speech.

        Args:
            encoded: from `encode`.
            language: BCP 47; ignored by an English-only model.
            prompt: text that could have been said just before.
            beam: width of the search; 1 is greedy and gives one candidate.
            n_best: at most this many candidates, at most `beam`.
            repeats: words may well be repeated, as digits are; else that costs a little, which
                keeps the search out of loops.
            allowed: the only text tokens that may be used, None for all. Such a search adds up
                its log probabilities: their mean would favour what is short.
            prefix: text tokens that every reading starts with.
        """
        start = [*self._start_tokens(language, prompt), *prefix]
        length_penalty = self._penalties.length if allowed is None else 0.0
        spare = int(_TOKENS_PER_S * encoded.duration_s) + _SPARE_TOKENS
        try:
            result = self._model.generate(
                encoded.view,
                [start],
                beam_size=beam,
                num_hypotheses=min(n_best, beam),
                max_length=min(_MAX_TOKENS, len(start) + spare),
                return_scores=True,
                return_no_speech_prob=True,
                suppress_tokens=[-1] if allowed is None else _all_but(allowed, self._end),
                length_penalty=length_penalty,
                repetition_penalty=1.0 if repeats else self._penalties.repetition,
            )[0]
        except RuntimeError as error:
            raise RecognizerFailed(str(error), engine=self.name) from error
        candidates = []
        for tokens, score in zip(result.sequences_ids, result.scores, strict=True):
            text_tokens = tuple(token for token in tokens if token < self._end)
            length = len(text_tokens) + 1
            log_prob = float(score) * length**length_penalty / length
            text_tokens = (*prefix, *text_tokens)
            candidates.append(Candidate(self.text(text_tokens).strip(), text_tokens, log_prob))
        return candidates, float(result.no_speech_prob)

    def align(
        self, encoded: Encoded, tokens: Sequence[int], *, language: str
    ) -> tuple[TimedToken, ...]:
        """When each token of a reading was said, by the attention of the decoder's timing heads."""
        if not tokens:
            return ()
        frames = max(2, round(encoded.duration_s * FRAMES_PER_S))
        try:
            result = self._model.align(
                encoded.view, list(self._language_tokens(language)), [list(tokens)], frames
            )[0]
        except RuntimeError as error:
            raise RecognizerFailed(str(error), engine=self.name) from error
        steps: dict[int, list[int]] = {}
        for token_index, step in result.alignments:
            steps.setdefault(token_index, []).append(step)
        timed = []
        latest = 0
        for index, (token, probability) in enumerate(
            zip(tokens, result.text_token_probs, strict=False)
        ):
            span = steps.get(index) or [latest]
            latest = span[-1]
            timed.append(
                TimedToken(
                    token,
                    span[0] * SECONDS_PER_STEP,
                    min((latest + 1) * SECONDS_PER_STEP, encoded.duration_s),
                    float(probability),
                )
            )
        return tuple(timed)

    def _language_tokens(self, language: str) -> tuple[int, ...]:
        if not self.multilingual:
            return (self._start,)
        primary = language.split("-", maxsplit=1)[0].lower()
        return (self._start, self._token(f"<|{primary}|>"), self._token("<|transcribe|>"))

    def _start_tokens(self, language: str, prompt: str) -> list[int]:
        before: list[int] = []
        if prompt.strip():
            said = self.tokens(" " + prompt.strip())
            before = [self._previous, *said[-_MAX_PROMPT_TOKENS:]]
        return [*before, *self._language_tokens(language), self._no_times]


@lru_cache(maxsize=32)
def _all_but(allowed: frozenset[int], end: int) -> list[int]:
    """What CTranslate2 shall suppress: what the model never uses, and all text but `allowed`."""
    return [-1, *(token for token in range(end) if token not in allowed)]
