"""When the words of a known text were said: forced alignment by Whisper's timing heads.

Nothing is recognized anew: the sound is encoded once, and the text's own tokens are laid on it.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from asr.whisper_model import TimedToken, WhisperModel
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm, to_float

WINDOWS_S: Final = (10.0, 15.0, 30.0)
"""The shortest that holds the sound is encoded: half the window is half the work."""
MARGIN_S: Final = 0.3
LONGEST_S: Final = 29.0
SHORTEST_S: Final = 0.1
_SPEECH_RANGE_DB: Final = 35.0
_QUIET_PERCENT: Final = 10
_ABOVE_QUIET_DB: Final = 6.0
_NEVER_QUIET_DB: Final = 15.0
_BLOCK_S: Final = 0.02
_PAUSE_BLOCKS: Final = 10

Span = tuple[float, float]


class Aligner:
    """Measures with one model; not to be used by two threads at once."""

    def __init__(self, model: WhisperModel) -> None:
        self._model = model
        self.name = f"whisper-{model.name}"

    def understands(self, language: str) -> bool:
        """Whether the model knows the language."""
        return self._model.understands(language)

    def align(self, pcm: Pcm, pieces: Sequence[str], *, language: str) -> list[Span] | None:
        """When each piece was said, seconds from the start of `pcm`; None where it can't be told.

        Args:
            pcm: 16 kHz, with the speech and little else.
            pieces: the words in order, as they follow one another in the text.
            language: BCP 47.

        Raises:
            RecognizerFailed: the model gave up.
        """
        duration_s = len(pcm) / SAMPLE_RATE_HZ
        if not pieces or not SHORTEST_S <= duration_s <= LONGEST_S or not pcm.any():
            return None
        tokens, owners = self._tokens(pieces)
        if not tokens:
            return None
        window_s = next(window for window in WINDOWS_S if duration_s + MARGIN_S <= window)
        encoded = self._model.encode(to_float(pcm), window_s=window_s)
        timed = self._model.align(encoded, tokens, language=language)
        return _spans(timed, owners, len(pieces), _loud(pcm))

    def _tokens(self, pieces: Sequence[str]) -> tuple[list[int], list[int]]:
        """Tokens of the text, and of which piece each is."""
        tokens: list[int] = []
        owners: list[int] = []
        for index, piece in enumerate(pieces):
            spaced = piece if piece[:1] > "\u3000" else f" {piece}"
            own = self._model.tokens(spaced)
            tokens += own
            owners += [index] * len(own)
        return tokens, owners


def _spans(
    timed: Sequence[TimedToken], owners: Sequence[int], count: int, loud: NDArray[np.bool_]
) -> list[Span] | None:
    """Pieces with their tokens' time, without the pauses around, each after the one before."""
    if len(timed) != len(owners):
        return None
    starts: list[float | None] = [None] * count
    ends = [0.0] * count
    for token, owner in zip(timed, owners, strict=True):
        if starts[owner] is None:
            starts[owner] = token.start_s
        ends[owner] = token.end_s
    spans: list[Span] = []
    latest = 0.0
    for start, end in zip(starts, ends, strict=True):
        began, over = _trimmed(latest if start is None else start, end, loud)
        latest = max(latest, began)
        spans.append((latest, max(latest, over)))
    return spans


def _trimmed(start_s: float, end_s: float, loud: NDArray[np.bool_]) -> Span:
    """The part of a stretch that is a word: attention gives it the pauses beside it.

    And, across a pause, the very end of the word before: no word has such a pause inside.
    """
    first = round(start_s / _BLOCK_S)
    inside = np.flatnonzero(loud[first : round(end_s / _BLOCK_S)])
    if not len(inside):
        return start_s, end_s
    runs = np.split(inside, np.flatnonzero(np.diff(inside) > _PAUSE_BLOCKS) + 1)
    longest = max(runs, key=len)
    return (first + int(longest[0])) * _BLOCK_S, (first + int(longest[-1]) + 1) * _BLOCK_S


def _loud(pcm: Pcm) -> NDArray[np.bool_]:
    """Of every 20 ms, whether it stands out of the quiet."""
    block = round(_BLOCK_S * SAMPLE_RATE_HZ)
    whole = len(pcm) // block * block
    energies = np.square(pcm[:whole].astype(np.float32).reshape(-1, block)).mean(axis=1)
    quiet = float(np.percentile(energies, _QUIET_PERCENT)) * 10 ** (_ABOVE_QUIET_DB / 10)
    lowest = float(energies.max()) * 10 ** (-_SPEECH_RANGE_DB / 10)
    loudest = float(energies.max()) * 10 ** (-_NEVER_QUIET_DB / 10)
    return np.asarray(energies >= min(max(quiet, lowest), loudest))
