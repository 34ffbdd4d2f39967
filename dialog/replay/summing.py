"""Many replays in figures: how many went otherwise, where, and how they ended."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from dialog.flow_graph.model import Mark, Marks, Traffic
from dialog.replay.comparing import Comparison, Kind, Verdict
from dialog.replay.course import Ending
from dialog.replay.playing import Cause, Stopped


@dataclass(frozen=True, slots=True)
class Parting:
    """Calls that part at the same step in the same way; fields as of `Part`.

    Attributes:
        calls: their ids.
        stopped: why none of their replays is complete; None where some are, or for several causes.
        ends: (before, after): how many ended so.
        better: how many ended better; the same for worse.
    """

    step: str
    before: str
    after: str
    calls: tuple[str, ...]
    stopped: Cause | None = None
    ends: Mapping[tuple[Ending, Ending], int] = field(default_factory=dict)
    better: int = 0
    worse: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """All of it.

    Attributes:
        calls: how many there were.
        kinds: how many of each; every kind is there.
        verdicts: of those that end elsewhere; every verdict is there.
        ends: (before, after): of those that end elsewhere.
        open: of those that went another way: how many have an end that nobody knows.
        partings: where they part, the most frequent first.
        other_words: steps that say something else on the same way, with the number of calls.
        other_values: the same for slots that were understood otherwise.
        misheard: turns that the recognizer heard otherwise.
        not_replayed: why, with the number of calls, the most frequent first.
        supposed: replays that rest on suppositions.
        traffic: the ways of the replays.
        marks: branches along which more, or fewer, calls go where they part.
    """

    calls: int
    kinds: Mapping[Kind, int]
    verdicts: Mapping[Verdict, int]
    ends: Mapping[tuple[Ending, Ending], int]
    open: int
    partings: tuple[Parting, ...]
    other_words: tuple[tuple[str, int], ...]
    other_values: tuple[tuple[str, int], ...]
    misheard: int
    not_replayed: tuple[tuple[Stopped, int], ...]
    supposed: int
    traffic: Traffic
    marks: Marks


def summarize(comparisons: Iterable[Comparison]) -> Summary:
    """Count them."""
    found = list(comparisons)
    elsewhere = [one for one in found if one.kind in {Kind.WAY, Kind.END}]
    kinds = Counter(one.kind for one in found)
    verdicts = Counter(one.verdict for one in found if one.verdict is not None)
    lost = Counter(
        one.stopped for one in found if one.kind is Kind.NOT_REPLAYED and one.stopped is not None
    )
    alike = [one for one in found if one.kind is Kind.WORDS]
    said = Counter(step for one in alike for step in one.words.said)
    values = Counter(slot for one in alike for slot in one.words.values)
    return Summary(
        calls=len(found),
        kinds={kind: kinds[kind] for kind in Kind},
        verdicts={each: verdicts[each] for each in Verdict},
        ends=_ends(found),
        open=sum(one.after.ending is Ending.OPEN for one in elsewhere),
        partings=_partings(elsewhere),
        other_words=tuple(said.most_common()),
        other_values=tuple(values.most_common()),
        misheard=sum(one.words.heard for one in found),
        not_replayed=tuple(lost.most_common()),
        supposed=sum(one.supposed for one in found),
        traffic=_traffic([one for one in found if one.kind is not Kind.NOT_REPLAYED]),
        marks=_marks(elsewhere),
    )


def _ends(found: Iterable[Comparison]) -> dict[tuple[Ending, Ending], int]:
    counted = Counter(
        (one.before.ending, one.after.ending) for one in found if one.kind is Kind.END
    )
    return dict(counted.most_common())


def _partings(elsewhere: Iterable[Comparison]) -> tuple[Parting, ...]:
    groups: dict[tuple[str, str, str], list[Comparison]] = {}
    for one in elsewhere:
        part = one.part
        where = (part.step, part.before, part.after) if part else ("", "", "")
        groups.setdefault(where, []).append(one)
    found = [_parting(where, together) for where, together in groups.items()]
    return tuple(sorted(found, key=lambda one: -len(one.calls)))


def _parting(where: tuple[str, str, str], together: Sequence[Comparison]) -> Parting:
    step, before, after = where
    causes = {one.stopped.cause if one.stopped else None for one in together}
    return Parting(
        step=step,
        before=before,
        after=after,
        calls=tuple(one.call_id for one in together),
        stopped=causes.pop() if len(causes) == 1 else None,
        ends=_ends(together),
        better=sum(one.verdict is Verdict.BETTER for one in together),
        worse=sum(one.verdict is Verdict.WORSE for one in together),
    )


def _traffic(found: Sequence[Comparison]) -> Traffic:
    reached: Counter[str] = Counter()
    moves: Counter[tuple[str, str]] = Counter()
    ended: Counter[str] = Counter()
    for one in found:
        steps = one.after.steps
        reached.update(set(steps))
        moves.update(pairwise(steps))
        ended.update(steps[-1:])
    return Traffic(len(found), reached, moves, ended)


def _marks(elsewhere: Iterable[Comparison]) -> dict[tuple[str, str], Mark]:
    more: Counter[tuple[str, str]] = Counter()
    fewer: Counter[tuple[str, str]] = Counter()
    for one in elsewhere:
        if one.part is None or one.part.left == one.part.taken:
            continue  # they part behind a step that isn't drawn
        if one.part.taken is not None:
            more[one.part.taken] += 1
        if one.part.left is not None:
            fewer[one.part.left] += 1
    return {move: Mark(more[move], fewer[move]) for move in sorted({*more, *fewer})}
