"""Which steps and branches of a flow calls have been through, found from what each event did."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dialog.asides import WHEN_UPSET
from dialog.events import NoInput, Note, Pressed, TransferDone
from dialog.flow import Answer, Ask, Choose, Flow, Handover, Lookup, Menu, Step, Waiting
from dialog.flow_anywhere import ANSWER
from dialog.flow_hours import ByHours
from dialog.flow_outside import Act
from dialog.flow_survey import DECLINED, SurveyQuestion
from dialog.scopes import visible
from dialog.template import RenderFailed, holds
from dialog.text_call import Reaction
from voxdesk.kernel.call import EventKind


@dataclass(frozen=True, slots=True)
class Branch:
    """One way from a step to the next; fields as of `Step.targets`, `place` among them."""

    step: str
    place: int
    key: str
    target: str
    line: int


def branches_of(step: Step) -> tuple[Branch, ...]:
    """Every way on from a step."""
    return tuple(
        Branch(step.name, place, key, target, line)
        for place, (key, target, line) in enumerate(step.targets())
    )


def _asides_of(flow: Flow) -> dict[str, Branch]:
    """The ways into side branches, by what is asked; each counts once, wherever it is asked."""
    found = {
        option.value: Branch(
            "anywhere", place, f"options.{option.value}.then", option.then, option.line
        )
        for place, option in enumerate(flow.anywhere.options)
    }
    if flow.anywhere.answers:
        line = flow.steps[ANSWER].line if ANSWER in flow.steps else 0
        found["answers"] = Branch("anywhere", len(found), "answers", ANSWER, line)
    care = flow.when_upset
    if care is not None and care.then:
        found[WHEN_UPSET] = Branch(WHEN_UPSET, 0, "then", care.then, care.line)
    return found


class Coverage:
    """Gathers what calls have reached, by language."""

    def __init__(self, flow: Flow) -> None:
        """Nothing was reached yet."""
        self.flow = flow
        self.branches = {name: branches_of(step) for name, step in flow.steps.items()}
        self._asides = _asides_of(flow)
        self._steps: set[tuple[str, str]] = set()
        self._branches: set[tuple[str, Branch]] = set()

    def add(self, history: Iterable[Reaction]) -> None:
        """Take in a call."""
        for reaction in history:
            language = reaction.before.language or reaction.after.language
            for step, branch in self._entered(reaction):
                self._steps.add((language, step))
                if branch is not None:
                    self._branches.add((language, branch))

    @property
    def languages(self) -> tuple[str, ...]:
        """Those of the calls, in the flow's order."""
        seen = {language for language, _ in self._steps}
        return tuple(tag for tag in self.flow.languages if tag in seen)

    def missed_steps(self, language: str = "") -> list[str]:
        """Steps that no call reached; with a language: no call in that language."""
        reached = {step for tag, step in self._steps if language in ("", tag)}
        return [name for name in self.flow.steps if name not in reached]

    def missed_branches(self, language: str = "") -> list[Branch]:
        """Branches that no call took."""
        taken = {branch for tag, branch in self._branches if language in ("", tag)}
        every = [branch for branches in self.branches.values() for branch in branches]
        return [branch for branch in (*every, *self._asides.values()) if branch not in taken]

    @property
    def all_branches(self) -> int:
        """How many branches the flow has."""
        return sum(map(len, self.branches.values())) + len(self._asides)

    def _entered(self, reaction: Reaction) -> Iterator[tuple[str, Branch | None]]:
        """Each step that was entered, and the branch that led there; None: no branch did."""
        source = _source(reaction, self.flow)
        notes: list[Note] = []
        for action in reaction.actions:
            if not isinstance(action, Note):
                continue
            if action.kind != EventKind.STEP:
                notes.append(action)
                continue
            target = str(action.data["step"])
            if target in self.flow.steps:
                yield target, self._taken(source, target, reaction, notes)
                source = self.flow.steps[target]
            notes = []

    def _taken(
        self, source: Step | None, target: str, reaction: Reaction, notes: Sequence[Note]
    ) -> Branch | None:
        if source is None:
            return None
        asides = [note.data["aside"] for note in notes if "aside" in note.data]
        if asides:
            aside = self._asides.get(str(asides[-1]))
            return aside if aside and aside.target == target else None
        found = [branch for branch in self.branches[source.name] if branch.target == target]
        if isinstance(source, Choose):
            return _choice(source, found, reaction)
        key = _key(source, reaction, notes)
        options = (branch for branch in found if branch.key.startswith("options."))
        hidden = next(options, None) if source.sensitive and key == UNKNOWN_OPTION else None
        return next((branch for branch in found if branch.key == key), hidden)


def _source(reaction: Reaction, flow: Flow) -> Step | None:
    """The step that the call was at; the lookup, while another reading for it is read back."""
    before = reaction.before
    if before.guess is not None and before.candidate and before.candidate.record is not None:
        return flow.steps.get(before.guess.lookup)
    return flow.steps.get(before.step)


def _choice(step: Choose, found: Sequence[Branch], reaction: Reaction) -> Branch | None:
    """Of several branches that lead to the same step, the first whose condition holds."""
    if len(found) < 2:  # noqa: PLR2004  nothing to choose from
        return found[0] if found else None
    after = reaction.after
    mood = {"feeling": after.mood.feeling, "upset": after.mood.upset}
    values = {**mood, **visible(after.variables, step.name), "today": after.today}
    for branch in found:
        condition = step.branches[branch.place].condition
        try:
            if not condition or holds(condition, values, after.language):
                return branch
        except RenderFailed:
            continue
    return None


def _key(source: Step, reaction: Reaction, notes: Sequence[Note]) -> str:  # noqa: PLR0911  a table
    """The key of the branch that was taken, as `Step.targets` names it; empty when none was."""
    if isinstance(source, Waiting):
        return _answer(source, reaction, notes)
    if isinstance(source, Lookup):
        return _lookup(reaction, notes)
    if isinstance(source, Act):
        return str((_last(notes, EventKind.ACT) or {}).get("outcome", ""))
    if isinstance(source, Handover):
        event = reaction.event
        outcome = event.outcome if isinstance(event, TransferDone) else "failed"
        if outcome == "connected":
            return "then"
        return outcome if outcome in source.outcomes else "failed"
    if isinstance(source, ByHours):
        state = str((_last(notes, EventKind.HOURS) or {}).get("state", ""))
        return state if state in {key for key, _, _ in source.targets()} else "closed"
    return "then"


def _answer(step: Waiting, reaction: Reaction, notes: Sequence[Note]) -> str:
    """How the caller's answer led on; global commands and the key 0 are no branches."""
    if any("command" in note.data for note in notes):
        return ""
    if any(note.kind in (EventKind.NO_INPUT, EventKind.NO_MATCH) for note in notes):
        return "give_up"
    if isinstance(step, Answer):
        outcome = (_last(notes, EventKind.QUESTION) or {}).get("outcome", "nothing")
        return "then" if outcome == "answered" else str(outcome)
    value = _value(reaction, notes)
    if isinstance(step, Ask):
        return _filled(step, value, reaction, notes)
    if isinstance(step, Menu) and reaction.after.path != reaction.before.path:
        return f"options.{value}.then"
    return ""


def _filled(step: Ask, value: str, reaction: Reaction, notes: Sequence[Note]) -> str:
    if step.sensitive:
        value = str(reaction.after.variables.get(step.slot, ""))
    if isinstance(step, SurveyQuestion) and value == DECLINED:
        return DECLINED
    own = {"yes": step.yes, "no": step.no}.get(value, "")
    filled = _last(notes, EventKind.SLOT)
    return "" if filled is None else (value if own else "then")


def _value(reaction: Reaction, notes: Sequence[Note]) -> str:
    """The answer that was taken: noted now, or read back before and confirmed now."""
    for kind in (EventKind.SLOT, EventKind.UNDERSTOOD):
        data = _last(notes, kind)
        if data is not None and "value" in data:
            return str(data["value"])
    candidate = reaction.before.candidate
    return candidate.value if candidate else ""


UNKNOWN_OPTION = "options..then"
"""The branch of an option that a sensitive menu doesn't tell."""


def _lookup(reaction: Reaction, notes: Sequence[Note]) -> str:
    """What came of a lookup, or of asking whether another reading was meant."""
    data = _last(notes, EventKind.LOOKUP)
    if data is not None:
        return str(data.get("outcome", ""))
    if _last(notes, EventKind.SLOT) is not None:
        return "found"
    elsewhere = any("command" in note.data for note in notes) or any(
        note.kind in (EventKind.NO_INPUT, EventKind.NO_MATCH) for note in notes
    )
    by_key = isinstance(reaction.event, Pressed) and reaction.event.digit == "0"
    return "" if elsewhere or by_key or isinstance(reaction.event, NoInput) else "missing"


def _last(notes: Sequence[Note], kind: EventKind) -> Mapping[str, Any] | None:
    return next((note.data for note in reversed(notes) if note.kind == kind), None)
