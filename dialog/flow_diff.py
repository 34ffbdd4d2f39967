"""What is different between two versions of a flow: by step and key, in the author's own words.

The files are compared as they are written, not as they are understood: so a version that this
program can't run any more is compared too, and so is a draft with mistakes. Comments, layout, and
the order of steps and keys make no difference where they have no meaning.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Final

from dialog.bundle import KNOWLEDGE, unbundled
from dialog.flow_diff_names import Plain, renames
from dialog.flow_steps import KINDS
from dialog.scopes import INSIDE
from dialog.yaml_tree import Node, read_tree

_ORDERED: Final = frozenset({"options", "set"})
"""Keys whose entries have an order that callers notice."""
ORDER: Final = "order"
"""The last part of a place that says that the same things come in another order."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value that is another one now.

    Attributes:
        place: its keys, "say.en" or "options.hours.then"; entries of a list by number, from 1.
        before: as written; None: it wasn't there.
        after: as written; None: it isn't there any more.
    """

    place: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class WholeStep:
    """A step that is new, or gone, with all its values by place."""

    name: str
    kind: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Renamed:
    """The same step under another name.

    Attributes:
        before: the old name.
        after: the new one.
        followed: places ("greet.then") that named it by the old and name it by the new name.
    """

    before: str
    after: str
    followed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangedStep:
    """A step with other values; `kind` is that of today."""

    name: str
    kind: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class KnowledgeDiff:
    """What is different in one file of knowledge; questions are told as steps are."""

    name: str
    settings: tuple[Change, ...] = ()
    added: tuple[WholeStep, ...] = ()
    removed: tuple[WholeStep, ...] = ()
    changed: tuple[ChangedStep, ...] = ()

    def __bool__(self) -> bool:
        return any((self.settings, self.added, self.removed, self.changed))


@dataclass(frozen=True, slots=True)
class FlowDiff:
    """Everything that is different. False when nothing is."""

    settings: tuple[Change, ...] = ()
    added: tuple[WholeStep, ...] = ()
    removed: tuple[WholeStep, ...] = ()
    renamed: tuple[Renamed, ...] = ()
    changed: tuple[ChangedStep, ...] = ()
    knowledge: tuple[KnowledgeDiff, ...] = ()

    def __bool__(self) -> bool:
        steps = (self.settings, self.added, self.removed, self.renamed, self.changed)
        return any((*steps, self.knowledge))


def joined(whole: FlowDiff, part: FlowDiff, name: str) -> FlowDiff:
    """Both differences as one; `name` is that of the subflow which `part` is about."""

    def inside(place: str) -> str:
        return f"{name}{INSIDE}{place}"

    settings = (replace(change, place=inside(change.place)) for change in part.settings)
    renamed = (
        Renamed(inside(one.before), inside(one.after), tuple(map(inside, one.followed)))
        for one in part.renamed
    )
    return FlowDiff(
        settings=(*whole.settings, *settings),
        added=(*whole.added, *(replace(step, name=inside(step.name)) for step in part.added)),
        removed=(*whole.removed, *(replace(step, name=inside(step.name)) for step in part.removed)),
        renamed=(*whole.renamed, *renamed),
        changed=(*whole.changed, *(replace(step, name=inside(step.name)) for step in part.changed)),
        knowledge=whole.knowledge,
    )


def compare(before: bytes, after: bytes) -> FlowDiff:
    """What changed from one text of a flow to another; an empty text is a flow without steps.

    Subflows that are in the texts are compared too; their steps are called "verify/ask". So is
    knowledge.

    Raises:
        YamlProblem: one of them is no YAML that could be a flow.
    """
    old, old_parts = unbundled(before)
    new, new_parts = unbundled(after)
    diff = _compare(old, new)
    for name in dict.fromkeys([*old_parts, *new_parts]):
        first, second = old_parts.get(name, b""), new_parts.get(name, b"")
        if name.startswith(KNOWLEDGE):
            known = _knowledge(name.removeprefix(KNOWLEDGE), first, second)
            diff = replace(diff, knowledge=(*diff.knowledge, known)) if known else diff
        else:
            diff = joined(diff, _compare(first, second), name)
    return diff


def _knowledge(name: str, before: bytes, after: bytes) -> KnowledgeDiff:
    """The same of one file of questions and answers."""
    old = _parted(read_tree(before), "questions")
    new = _parted(read_tree(after), "questions")
    comparison = _Comparison(frozenset(old.languages) | frozenset(new.languages))
    first = (old.first, new.first)
    changed = []
    for key, content in new.steps.items():
        if key in old.steps:
            changes = tuple(comparison.changes((), old.steps[key], content, first))
            changed += [ChangedStep(key, "", changes)] if changes else []
    come = [key for key in new.steps if key not in old.steps]
    gone = [key for key in old.steps if key not in new.steps]
    return KnowledgeDiff(
        name,
        settings=tuple(comparison.changes((), old.settings, new.settings, first)),
        added=tuple(replace(_whole(key, new.steps[key]), kind="") for key in come),
        removed=tuple(replace(_whole(key, old.steps[key]), kind="") for key in gone),
        changed=tuple(changed),
    )


def _compare(before: bytes, after: bytes) -> FlowDiff:
    old, new = _parted(read_tree(before)), _parted(read_tree(after))
    renamed = renames(old.steps, new.steps)
    followed: dict[tuple[str, str], list[str]] = {pair: [] for pair in renamed.items()}
    comparison = _Comparison(frozenset(old.languages) | frozenset(new.languages))

    def kept(changes: Iterator[Change], where: str) -> tuple[Change, ...]:
        """Those that don't merely follow a new name."""
        found = []
        for change in changes:
            places = followed.get((change.before or "", change.after or ""))
            if places is None:
                found.append(change)
            else:
                places.append(f"{where}{change.place}")
        return tuple(found)

    first = (old.first, new.first)
    settings = kept(comparison.changes((), old.settings, new.settings, first), "")
    was = {after: before for before, after in renamed.items()}
    changed = []
    for name, content in new.steps.items():
        former = was.get(name, name)
        if former in old.steps:
            first = (_first_language(old, former), _first_language(new, name))
            found = comparison.changes((), old.steps[former], content, first)
            if changes := kept(found, f"{name}."):
                changed.append(ChangedStep(name, kind_of(content), changes))
    gone = [name for name in old.steps if name not in new.steps and name not in renamed]
    fresh = [name for name in new.steps if name not in old.steps and name not in was]
    return FlowDiff(
        settings=settings,
        added=tuple(_whole(name, new.steps[name]) for name in fresh),
        removed=tuple(_whole(name, old.steps[name]) for name in gone),
        renamed=tuple(
            Renamed(before, after, tuple(followed[before, after]))
            for before, after in renamed.items()
        ),
        changed=tuple(changed),
    )


def kind_of(content: Plain) -> str:
    """What a step does, "menu"; empty where that isn't clear."""
    return next((key for key in content if key in KINDS), "") if isinstance(content, dict) else ""


def shown(value: Plain) -> str:
    """A value on one line, as YAML would have it.

    >>> shown({"phrases": ["hours", "when"], "then": "open"})
    '{phrases: [hours, when], then: open}'
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {shown(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(shown(entry) for entry in value) + "]"
    return value


@dataclass(frozen=True, slots=True)
class _Parts:
    """A flow's text, taken apart."""

    settings: dict[str, Plain]
    steps: dict[str, Plain]
    languages: tuple[str, ...]

    @property
    def first(self) -> str:
        """The language of a text that doesn't name one."""
        return self.languages[0] if self.languages else ""


def _parted(tree: Node, content: str = "steps") -> _Parts:
    """`content`: the key of what it is made of."""
    whole = _plain(tree)
    settings: dict[str, Plain] = dict(whole) if isinstance(whole, dict) else {"": whole}
    steps = settings.pop(content, {})
    if not isinstance(steps, dict):
        settings[content], steps = steps, {}
    if steps and content == "steps":
        # What is written there and what follows from the order are the same thing.
        settings.setdefault("start", next(iter(steps)))
    several, one = settings.get("languages", []), settings.get("language", "")
    named = [one, *(several if isinstance(several, list) else [several])]
    languages = tuple(tag for tag in named if isinstance(tag, str) and tag)
    return _Parts(settings, steps, languages)


def _plain(node: Node) -> Plain:
    if node.is_map:
        return {key: _plain(entry) for key, entry in node.entries().items()}
    if node.is_list:
        return [_plain(entry) for entry in node.value]
    return "" if node.value is None else node.raw.strip()


def _first_language(flow: _Parts, step: str) -> str:
    content = flow.steps[step]
    own = content.get("language", "") if isinstance(content, dict) else ""
    return own if isinstance(own, str) and own else flow.first


def _whole(name: str, content: Plain) -> WholeStep:
    entries = content if isinstance(content, dict) else {"": content}
    values: list[tuple[str, str]] = []
    for key, entry in entries.items():
        if isinstance(entry, dict):
            values += [(f"{key}.{inner}", shown(value)) for inner, value in entry.items()]
        else:
            values.append((key, shown(entry)))
    return WholeStep(name, kind_of(content), tuple(values))


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Compares values; `languages` are all that either flow has."""

    languages: frozenset[str]

    def changes(
        self,
        path: tuple[str, ...],
        before: Plain | None,
        after: Plain | None,
        first: tuple[str, str],
    ) -> Iterator[Change]:
        """What is different at a place. `first`: languages of texts that name none, both sides."""
        if before is None or after is None:
            if before is not after:
                yield Change(
                    ".".join(path),
                    None if before is None else shown(before),
                    None if after is None else shown(after),
                )
            return
        before, after = self._alike(before, after, first)
        if isinstance(before, dict) and isinstance(after, dict):
            for key in dict.fromkeys([*before, *after]):
                yield from self.changes((*path, key), before.get(key), after.get(key), first)
            if path and path[-1] in _ORDERED:
                yield from _order(path, list(before), list(after))
        elif isinstance(before, list) and isinstance(after, list):
            if all(isinstance(entry, str) for entry in [*before, *after]):
                yield from _texts(path, [*map(str, before)], [*map(str, after)])
            else:
                yield from self._entries(path, before, after, first)
        elif before != after:
            yield Change(".".join(path), shown(before), shown(after))

    def _alike(self, before: Plain, after: Plain, first: tuple[str, str]) -> tuple[Plain, Plain]:
        """One text and one text for each language, one and a list of one, in the same form."""
        if self._by_language(before) and not isinstance(after, dict):
            return before, {first[1]: after}
        if self._by_language(after) and not isinstance(before, dict):
            return {first[0]: before}, after
        if isinstance(before, str) and isinstance(after, list):
            return [before], after
        if isinstance(before, list) and isinstance(after, str):
            return before, [after]
        return before, after

    def _by_language(self, value: Plain) -> bool:
        return isinstance(value, dict) and bool(value) and self.languages.issuperset(value)

    def _entries(
        self,
        path: tuple[str, ...],
        before: Sequence[Plain],
        after: Sequence[Plain],
        first: tuple[str, str],
    ) -> Iterator[Change]:
        """A list of groups: what stands at the same place between same neighbours is compared."""
        old_entries, new_entries = [*map(_fixed, before)], [*map(_fixed, after)]
        matcher = SequenceMatcher(None, old_entries, new_entries, autojunk=False)
        for what, old, old_end, new, new_end in matcher.get_opcodes():
            if what == "equal":
                continue
            common = min(old_end - old, new_end - new)
            for step in range(common):
                place = (*path, str(new + step + 1))
                yield from self.changes(place, before[old + step], after[new + step], first)
            for at in range(old + common, old_end):
                yield Change(".".join((*path, str(at + 1))), shown(before[at]), None)
            for at in range(new + common, new_end):
                yield Change(".".join((*path, str(at + 1))), None, shown(after[at]))


def _texts(path: tuple[str, ...], before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    """A list of texts: those that went, those that came, and whether the rest is in order."""
    place = ".".join(path)
    gone, come = Counter(before) - Counter(after), Counter(after) - Counter(before)
    removed, added = list(gone.elements()), list(come.elements())
    if len(removed) == len(added) == 1 and before.index(removed[0]) == after.index(added[0]):
        yield Change(place, removed[0], added[0])
    else:
        yield from (Change(place, text, None) for text in removed)
        yield from (Change(place, None, text) for text in added)
    if not removed and not added:
        yield from _order(path, before, after)
    elif _without(before, gone) != _without(after, come):
        yield from _order(path, _without(before, gone), _without(after, come))


def _without(texts: Sequence[str], left_out: Mapping[str, int]) -> list[str]:
    left = dict(left_out)
    kept = []
    for text in texts:
        if left.get(text, 0):
            left[text] -= 1
        else:
            kept.append(text)
    return kept


def _order(path: tuple[str, ...], before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    """The same things in another order; what came or went is said elsewhere."""
    both = set(before) & set(after)
    old, new = [one for one in before if one in both], [one for one in after if one in both]
    if old != new:
        yield Change(".".join((*path, ORDER)), ", ".join(old), ", ".join(new))


def _fixed(value: Plain) -> Hashable:
    """The same, to be compared by hash; the order of keys doesn't count."""
    if isinstance(value, dict):
        return frozenset((key, _fixed(entry)) for key, entry in value.items())
    if isinstance(value, list):
        return tuple(_fixed(entry) for entry in value)
    return value
