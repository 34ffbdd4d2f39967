"""From vectors of voices to speakers, and who speaks when. Pure.

Stretches of speech are cut in short pieces; pieces whose voices are alike are brought together,
the most alike first, until those that are left differ (agglomerative clustering by the means).
Then every window is given to the speaker that it is like, changing as seldom as what is heard
allows (Viterbi).
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Labels = NDArray[np.int64]
Floats = NDArray[np.floating[Any]]

PIECE_S: Final = 1.4
"""So much speech has one voice's features rather than one sound's."""
MOST_PIECES: Final = 1500
"""Clustering takes the square of these; of longer recordings a sample is clustered."""
CHANGE_COST: Final = 0.6
"""What the likeness must gain in all before the speaker changes in the middle of speech."""
PAUSE_S: Final = 0.3
"""At a pause of this length another may go on speaking as well as the same."""
LEAST_OF_TWO_S: Final = 2.0
"""However short the recording: of whoever speaks less nobody can say that it is another."""
ROUNDS: Final = 4


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike voices of one person are, by the vectors' maker.

    Attributes:
        same: clusters at least so alike (cosine of their means) are one speaker.
        least_s: nobody speaks less than this in all; who does is one of the others.
        least_share: the same, as a share of the speech.
    """

    same: float
    least_s: float = 3.0
    least_share: float = 0.03


D_VECTOR: Final = Likeness(0.82)
MFCC: Final = Likeness(0.0)


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's speech in one go; speakers are numbered from 0 as they are first heard."""

    speaker: int
    start_s: float
    end_s: float


def speech_spans(
    probabilities: Sequence[float],
    frame_s: float,
    *,
    speech: float = 0.5,
    joined_s: float = PAUSE_S,
    least_s: float = 0.2,
) -> list[tuple[float, float]]:
    """Stretches of speech, short pauses included, from the probability of each frame."""
    spans: list[tuple[int, int]] = []
    for frame, probability in enumerate(probabilities):
        if probability < speech:
            continue
        if spans and (frame - spans[-1][1]) * frame_s < joined_s:
            spans[-1] = (spans[-1][0], frame + 1)
        else:
            spans.append((frame, frame + 1))
    return [
        (first * frame_s, last * frame_s)
        for first, last in spans
        if (last - first) * frame_s >= least_s
    ]


def turns_of(
    vectors: Vectors,
    spans: Sequence[tuple[float, float]],
    likeness: Likeness,
    *,
    window_s: float,
    hop_s: float,
    at_most: int = 6,
) -> list[Turn]:
    """Who speaks when, in order.

    Args:
        vectors: of length 1, one each `hop_s`, of the `window_s` from there on.
        spans: of speech, seconds.
        likeness: of these vectors.
        window_s: see there.
        hop_s: see there.
        at_most: speakers.
    """
    if not spans:
        return []
    if not len(vectors):
        return [Turn(0, start, end) for start, end in spans]
    centres = np.arange(len(vectors), dtype=np.float64) * hop_s + window_s / 2
    means = _speakers(vectors, _pieces(spans, centres), likeness, hop_s, at_most)
    turns = []
    for start, end, labels, times in _labelled(vectors, centres, spans, means):
        turns += _runs(start, end, labels, times)
    return numbered(turns)


# ------------------------------------------------------------------ who there is


def _pieces(spans: Sequence[tuple[float, float]], centres: Floats) -> list[Labels]:
    """Windows, by number, of each short piece of speech."""
    pieces = []
    for start, end in spans:
        count = max(1, round((end - start) / PIECE_S))
        edges = np.linspace(start, end, count + 1)
        for first, last in itertools.pairwise(edges.tolist()):
            inside = np.flatnonzero((centres >= first) & (centres < last))
            if len(inside):
                pieces.append(inside)
    return pieces


def _speakers(
    vectors: Vectors, pieces: Sequence[Labels], likeness: Likeness, hop_s: float, at_most: int
) -> Vectors:
    """The mean voice of each speaker."""
    if not pieces:
        return _unit(vectors.mean(axis=0, keepdims=True))
    sample = pieces
    if len(pieces) > MOST_PIECES:
        sample = [pieces[at] for at in np.linspace(0, len(pieces) - 1, MOST_PIECES).astype(int)]
    sums = np.stack([vectors[piece].sum(axis=0) for piece in sample])
    sizes: Floats = np.array([len(piece) for piece in sample], float) * hop_s
    total_s = float(sizes.sum())
    enough_s = min(max(likeness.least_s, likeness.least_share * total_s), total_s / 2)
    # A sentence alone differs within itself as much as two people do.
    enough_s = max(enough_s, LEAST_OF_TWO_S)
    sums, sizes = _brought_together(sums, sizes, likeness.same, enough_s)
    kept = np.argsort(-sizes)[:at_most]
    kept = np.array([at for at in kept if sizes[at] >= enough_s] or kept[:1])
    means = _unit(sums[kept])
    inside = np.concatenate(list(pieces))
    for _ in range(ROUNDS if len(means) > 1 else 0):
        nearest = (vectors[inside] @ means.T).argmax(axis=1)
        if len(np.unique(nearest)) < len(means):
            break
        own = [vectors[inside[nearest == who]].mean(axis=0) for who in range(len(means))]
        means = _unit(np.stack(own))
    return means


def _brought_together(
    sums: Vectors, sizes: Floats, same: float, enough_s: float
) -> tuple[Vectors, Floats]:
    """Clusters; those that are too small to be somebody join what they are most like."""
    means = _unit(sums)
    alike = means @ means.T
    np.fill_diagonal(alike, -2.0)
    alive = np.ones(len(sums), bool)
    sums, sizes = sums.copy(), sizes.copy()
    while alive.sum() > 1:
        one, other = divmod(int(alike.argmax()), len(alike))
        # Short pieces differ from each other more than speakers do: only who has spoken for long
        # enough is told apart.
        if alike[one, other] < same:
            small = np.flatnonzero(alive & (sizes < enough_s))
            if not len(small):
                break
            one = int(small[int(sizes[small].argmin())])
            other = int(alike[one].argmax())
        sums[one] += sums[other]
        sizes[one] += sizes[other]
        alive[other] = False
        alike[other, :] = alike[:, other] = -2.0
        mean = _unit(sums[one][None])[0]
        likenesses = _unit(sums[alive]) @ mean
        alike[one, alive] = alike[alive, one] = likenesses
        alike[one, one] = -2.0
    return sums[alive], sizes[alive]


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)


# ------------------------------------------------------------------ who speaks when


def _labelled(
    vectors: Vectors,
    centres: Floats,
    spans: Sequence[tuple[float, float]],
    means: Vectors,
) -> list[tuple[float, float, Labels, Floats]]:
    """Of each stretch its windows' speakers, and the windows' middles."""
    scores = vectors @ means.T
    found = []
    for start, end in spans:
        inside = np.flatnonzero((centres >= start) & (centres < end))
        if not len(inside):  # shorter than the step: the window that is nearest
            nearest = int(np.abs(centres - (start + end) / 2).argmin())
            inside = np.array([nearest])
        found.append((start, end, _best_path(scores[inside]), centres[inside]))
    return found


def _best_path(scores: Vectors) -> Labels:
    """The speaker of each window: the best sum of likenesses less the costs of changing."""
    count, speakers = scores.shape
    best = scores[0].copy()
    came_from = np.zeros((count, speakers), int)
    for at in range(1, count):
        stay = best
        change = float(best.max()) - CHANGE_COST
        came_from[at] = np.where(stay >= change, np.arange(speakers), int(best.argmax()))
        best = np.maximum(stay, change) + scores[at]
    path = np.empty(count, int)
    path[-1] = int(best.argmax())
    for at in range(count - 1, 0, -1):
        path[at - 1] = came_from[at, path[at]]
    return path


def _runs(start: float, end: float, labels: Labels, times: Floats) -> list[Turn]:
    """A stretch as turns; speakers change midway between two windows' middles."""
    turns = []
    since = start
    for at in range(1, len(labels)):
        if labels[at] != labels[at - 1]:
            change = float(times[at - 1] + times[at]) / 2
            turns.append(Turn(int(labels[at - 1]), since, change))
            since = change
    return [*turns, Turn(int(labels[-1]), since, end)]


def numbered(turns: Sequence[Turn]) -> list[Turn]:
    """The same, with speakers numbered from 0 as they are first heard."""
    numbers: dict[int, int] = {}
    for turn in turns:
        numbers.setdefault(turn.speaker, len(numbers))
    return [Turn(numbers[turn.speaker], turn.start_s, turn.end_s) for turn in turns]
