"""The difference between two versions of a flow as lines to read, and as data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from dialog.flow_diff import Change, FlowDiff, KnowledgeDiff, WholeStep
from dialog.flow_diff_words import Mark, Words, marked

Line = tuple[Words, ...]
NOTHING: Final = "No step is different, and no setting; at most comments and layout are."
LONG: Final = 64
"""Characters of unchanged text between two changes; from there its middle is left out."""
SIDE: Final = 24


def lines(diff: FlowDiff) -> Iterator[Line]:
    """For a terminal: marked without colours already, as `git diff --word-diff` does.

    A line is its pieces; one that was removed has "[-" and "-]" around it, one that was added
    "{+" and "+}".
    """
    if not diff:
        yield (Words(Mark.SAME, NOTHING),)
    if diff.settings:
        yield (Words(Mark.SAME, "~ the flow's own settings"),)
        yield from _changes(diff.settings)
    for renamed in diff.renamed:
        named = f", so in {', '.join(renamed.followed)}" if renamed.followed else ""
        text = f'> step "{renamed.before}" is now called "{renamed.after}"{named}'
        yield (Words(Mark.SAME, text),)
    for changed in diff.changed:
        yield (Words(Mark.SAME, f'~ step "{changed.name}"{_kind(changed.kind)}'),)
        yield from _changes(changed.changes)
    for step in diff.added:
        yield from _whole(step, Mark.ADDED, "+")
    for step in diff.removed:
        yield from _whole(step, Mark.REMOVED, "-")
    for known in diff.knowledge:
        yield from _knowledge(known)


def _knowledge(diff: KnowledgeDiff) -> Iterator[Line]:
    where = f"knowledge {diff.name}"
    if diff.settings:
        yield (Words(Mark.SAME, f"~ {where}, its own settings"),)
        yield from _changes(diff.settings)
    for changed in diff.changed:
        yield (Words(Mark.SAME, f'~ {where}, question "{changed.name}"'),)
        yield from _changes(changed.changes)
    for question in diff.added:
        yield from _whole(question, Mark.ADDED, "+", f"{where}, question")
    for question in diff.removed:
        yield from _whole(question, Mark.REMOVED, "-", f"{where}, question")


def summary(diff: FlowDiff) -> str:
    """In one line, for a list of versions.

    >>> summary(FlowDiff())
    'no step is different'
    """
    counts = {
        "changed": len(diff.changed),
        "added": len(diff.added),
        "removed": len(diff.removed),
        "renamed": len(diff.renamed),
    }
    parts = [f"{count} {what}" for what, count in counts.items() if count]
    steps = f"steps: {', '.join(parts)}" if parts else ""
    settings = "settings changed" if diff.settings else ""
    known = ", ".join(_counted(each) for each in diff.knowledge)
    return "; ".join(part for part in (steps, settings, known) if part) or "no step is different"


def _counted(diff: KnowledgeDiff) -> str:
    counts = {"changed": diff.changed, "added": diff.added, "removed": diff.removed}
    parts = [f"{len(found)} {what}" for what, found in counts.items() if found]
    return f"knowledge {diff.name}: {', '.join(parts) or 'settings changed'}"


def as_data(diff: FlowDiff) -> dict[str, Any]:
    """For programs: as `FlowDiff`, and each changed text with its `words`, [[mark, text], …]."""
    data = asdict(diff)
    for change in (change for part in (data, *data["knowledge"]) for change in _all(part)):
        if change["before"] is not None and change["after"] is not None:
            words = marked(change["before"], change["after"])
            change["words"] = [[word.mark.value, word.text] for word in words]
    return data


def _all(part: Mapping[str, Any]) -> list[Any]:
    """Every change in a flow, or in a file of knowledge."""
    return [*part["settings"], *(c for step in part["changed"] for c in step["changes"])]


def _kind(kind: str) -> str:
    return f" ({kind})" if kind else ""


def _whole(step: WholeStep, mark: Mark, sign: str, what: str = "step") -> Iterator[Line]:
    yield (Words(mark, f'{sign} {what} "{step.name}"{_kind(step.kind)}'),)
    for place, value in step.values:
        yield (Words(mark, f"{sign}     {place}: {_flat(value)}"),)


def _changes(changes: Sequence[Change]) -> Iterator[Line]:
    for change in changes:
        if change.before is None:
            yield (Words(Mark.ADDED, f"    + {change.place}: {_flat(change.after or '')}"),)
        elif change.after is None:
            yield (Words(Mark.REMOVED, f"    - {change.place}: {_flat(change.before)}"),)
        else:
            yield (Words(Mark.SAME, f"    {change.place}: "), *_both(change.before, change.after))


def _both(before: str, after: str) -> Iterator[Words]:
    """Words that changed among those that didn't; or the one, an arrow, the other."""
    pieces = marked(_flat(before), _flat(after))
    if all(piece.mark is not Mark.SAME for piece in pieces):
        yield from _arrow(_flat(before), _flat(after))
        return
    for place, piece in enumerate(pieces):
        if piece.mark is Mark.SAME:
            yield Words(Mark.SAME, _shortened(piece.text, place, len(pieces)))
        else:
            yield _signed(piece)


def _arrow(before: str, after: str) -> Iterator[Words]:
    yield Words(Mark.REMOVED, before or "(empty)")
    yield Words(Mark.SAME, " → ")
    yield Words(Mark.ADDED, after or "(empty)")


def _signed(piece: Words) -> Words:
    opening, closing = ("[-", "-]") if piece.mark is Mark.REMOVED else ("{+", "+}")
    return Words(piece.mark, f"{opening}{piece.text}{closing}")


def _shortened(text: str, place: int, count: int) -> str:
    """A long unchanged part, of which what is next to a change says where one is."""
    if len(text) <= LONG:
        return text
    start = text[:SIDE] if place else ""
    end = text[-SIDE:] if place < count - 1 else ""
    return f"{start}…{end}"


def _flat(value: str) -> str:
    return " ".join(value.split())
