"""A talk as a test of its flow: the only place that knows how tests are written down."""

import io
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString as Quoted

from dialog import events
from dialog.catalogue import CRM
from dialog.flow_problems import Problem
from dialog.text_outside import REFUSED, key_of
from dialog.trying.moves import (
    USUAL_CONFIDENCE,
    ActEnds,
    Answered,
    HandoverEnds,
    IsSilent,
    LookupEnds,
    MessageEnds,
    Presses,
    Says,
    plain,
)
from dialog.trying.trial import Moment, Trial
from dialog.yaml_tree import YamlProblem, read_tree
from voxdesk.kernel.errors import FlowError
from voxdesk.kernel.worded import Worded, together, worded

MAX_NAME = 120


def with_test(text: str, name: str, trial: Trial, *, path: str) -> str:
    """The text of a file of tests with this talk added; comments and order stay.

    Args:
        text: of the file; may be empty.
        name: of the new test.
        trial: the talk.
        path: what messages say.

    Raises:
        FlowError: the file isn't one of tests, or has a test of that name.
    """
    name = plain(name)
    if not 0 < len(name) <= MAX_NAME:
        raise FlowError(worded("a test's name has 1 to {most} characters", most=MAX_NAME))
    try:
        read_tree(text.encode())  # bounded, before anything else reads it
        document = _yaml().load(text) or {}
    except YamlProblem as problem:
        raise FlowError(Problem.of(problem).shown(path)) from None
    except YAMLError as error:
        raise FlowError(
            _at(path, worded("This is not YAML: {what}", what=" ".join(str(error).split())))
        ) from None
    tests = document.setdefault("tests", {}) if isinstance(document, dict) else None
    if not isinstance(tests, dict):
        raise FlowError(_at(path, worded('This is no file of tests; it needs "tests", by name.')))
    if name in tests:
        raise FlowError(
            _at(
                path,
                worded('There is a test "{name}" already; give this one another name.', name=name),
            )
        )
    tests[name] = as_test(trial)
    whole = _dumped(document)
    return _at_the_end(text, _dumped({name: as_test(trial)}), whole) or whole


def _at(path: str, text: Worded) -> Worded:
    return together([path, text], "  ")


def _at_the_end(text: str, entry: str, whole: str) -> str:
    """The new entry put after the text, which then stays as it was; empty where that isn't right.

    A whole file that is written anew keeps its comments, and not where its lines are broken.
    """
    lines = entry.splitlines(keepends=True)
    indented = "".join(f"  {line}" if line.strip() else line for line in lines)
    found = f"{text.rstrip()}\n\n{indented}" if text.strip() else ""
    try:
        same = bool(found) and _yaml().load(found) == _yaml().load(whole)
    except YAMLError:
        return ""
    return found if same else ""


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 100
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _dumped(document: Any) -> str:
    written = io.StringIO()
    _yaml().dump(document, written)
    return written.getvalue()


def as_test(trial: Trial) -> dict[str, Any]:
    """The talk as one entry under `tests`."""
    beginning = trial.beginning
    today = beginning.today.isoformat()
    found: dict[str, Any] = {"today": Quoted(today)}
    if beginning.now and trial.dialogue.flow.hours:
        found = {"at": Quoted(f"{today}T{beginning.now}")}
    if beginning.language:
        found["language"] = beginning.language
    if beginning.callee:
        found["callee"] = Quoted(beginning.callee)
    if beginning.caller:
        found["caller"] = _plain(beginning.caller)
    if records := _records(trial):
        found["records"] = records
    found["conversation"] = _conversation(trial)
    return found


def _records(trial: Trial) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for before, moment in zip(trial.moments, trial.moments[1:], strict=False):
        if isinstance(moment.move, ActEnds) and isinstance(before.waiting, events.Act):
            _note_act(found.setdefault(before.waiting.what, {}), before.waiting, moment.move)
        if isinstance(moment.move, LookupEnds) and isinstance(before.waiting, events.Lookup):
            key = Quoted(key_of(before.waiting.by))
            if moment.move.outcome == "found":
                found.setdefault(before.waiting.what, {})[key] = _plain(moment.move.record)
            elif moment.move.outcome == "missing":
                found.setdefault(before.waiting.what, {}).setdefault(key, None)
    return {what: records for what, records in found.items() if records}


def _note_act(records: dict[str, Any], act: events.Act, ended: ActEnds) -> None:
    key = Quoted(key_of(act.given))
    own = {name: value for name, value in ended.record.items() if act.given.get(name) != value}
    if ended.outcome == REFUSED:
        records[key] = {REFUSED: ended.reason or "unknown"}
    elif ended.outcome == "done" and own:
        records[key] = _plain(own)


def _conversation(trial: Trial) -> list[dict[str, Any]]:
    """A line for each move of the caller, with all that came of it."""
    turns: list[list[Moment]] = []
    asked: list[dict[str, bool]] = []  # by turn: what was looked up or done, whether in vain
    for before, moment in zip((None, *trial.moments), trial.moments, strict=False):
        if not isinstance(moment.move, Answered) or not turns:
            turns.append([])
            asked.append({})
        elif before and isinstance(before.waiting, events.Lookup | events.Act):
            asked[-1][before.waiting.what] = moment.move.outcome == "failed"
        turns[-1].append(moment)
    lines: list[dict[str, Any]] = []
    place = ""
    away: dict[str, bool] = {}
    for turn, results in zip(turns, asked, strict=True):
        if lines:
            lines += _turns_away(away, results)
        lines.append(_does(turn[0], place) | _hears(turn))
        place = _place(turn[-1])
    return lines


def _turns_away(away: dict[str, bool], results: Mapping[str, bool]) -> list[dict[str, Any]]:
    """Lines that say what can't be reached any more, or again; `away` is kept up to date."""
    now = {**dict.fromkeys(away, False), **results}
    turned = {what: fails for what, fails in now.items() if fails != away.get(what, False)}
    away |= turned
    shown = {what: "away" if fails else "there" for what, fails in turned.items()}
    crm = [shown.pop(what) for what in tuple(shown) if what in CRM.lookups][-1:]
    return [*({"crm": state} for state in crm), *([{"outside": shown}] if shown else [])]


def _place(moment: Moment) -> str:
    return "transfer" if isinstance(moment.waiting, events.Transfer) else "queue"


def _does(moment: Moment, before: str) -> dict[str, Any]:
    match moment.move:
        case Says(texts=texts, confidence=confidence):
            said: dict[str, Any] = {"caller": _one(texts)}
            unusual = confidence != USUAL_CONFIDENCE
            return said | ({"confidence": confidence} if unusual else {})
        case Presses(keys=keys):
            return {"keys": Quoted(keys)}
        case IsSilent():
            return {"silence": 1}
        case HandoverEnds(outcome=outcome):
            return {before: outcome}
        case MessageEnds(recorded=recorded):
            return {"message": "recorded" if recorded else "empty"}
    return {}


def _hears(turn: list[Moment]) -> dict[str, Any]:
    """What must come of it: words, unless they are sensitive, and where the call is then."""
    said = [s.text for moment in turn for s in moment.said if s.text and not s.sensitive]
    found: dict[str, Any] = {"hears": _one(said)} if said else {}
    match turn[-1].waiting:
        case events.Enqueue(queue=queue):
            found["queued"] = queue
        case events.Transfer(target=target):
            found["transferred"] = target
        case events.RecordMessage(mailbox=mailbox):
            found["recording"] = mailbox
        case events.HangUp(reason=reason):
            found["ended"] = reason
        case _ if not said:
            found["step"] = turn[-1].state.step
    return found


def _one(texts: Any) -> Any:
    return texts[0] if len(texts) == 1 else list(texts)


def _plain(value: Any) -> Any:
    """Plain values; the writer quotes texts that look like something else."""
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    return [_plain(entry) for entry in value] if isinstance(value, list) else value
