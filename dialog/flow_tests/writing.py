"""Writes a test as it stands in a file of tests."""

import json
from collections.abc import Mapping
from typing import Any

from dialog.flow_tests.script import (
    USUAL_CONFIDENCE,
    USUAL_DAY,
    ClockTurns,
    CrmTurns,
    Doing,
    Expected,
    FlowTest,
    HandoverEnds,
    IsSilent,
    MessageEnds,
    OutsideTurns,
    Presses,
    Says,
    World,
)


def written(test: FlowTest) -> str:
    """A whole file with this one test."""
    lines = ["tests:", f"  {_value(test.name)}:"]
    lines += [f"    {line}" for line in _world(test.world)]
    lines.append("    conversation:")
    for line in test.script:
        entry = {**_doing(line.does), **_expected(line.expects)}
        lines.append(f"      - {_flow(entry)}")
    return "\n".join(lines) + "\n"


def _world(world: World) -> list[str]:
    lines = []
    if world.caller:
        lines.append(f"caller: {_flow(world.caller)}")
    kinds: dict[str, dict[str, Any]] = {}
    for (kind, number), record in world.records.items():
        kinds.setdefault(kind, {})[number] = record
    if kinds:
        lines.append("records:")
    for kind, records in kinds.items():
        lines.append(f"  {_value(kind)}:")
        lines += [f"    {_value(number)}: {_flow(record)}" for number, record in records.items()]
    if world.callee:
        lines.append(f"callee: {_value(world.callee)}")
    if world.at:
        lines.append(f"at: {_value(world.at)}")
    elif world.today != USUAL_DAY:
        lines.append(f"today: {world.today}")
    if world.crm_away:
        lines.append("crm: away")
    if world.outside:
        lines.append(f"outside: {_flow(_outside(world.outside))}")
    return lines


def _doing(doing: Doing | None) -> dict[str, Any]:  # noqa: C901, PLR0911  one case an event
    match doing:
        case Says(n_best, confidence, share):
            entry: dict[str, Any] = {"caller": n_best[0] if len(n_best) == 1 else list(n_best)}
            if confidence != USUAL_CONFIDENCE:
                entry["confidence"] = confidence
            if share is not None:
                entry["over_prompt"] = share
            return entry
        case Presses(keys):
            return {"keys": keys}
        case IsSilent(times):
            return {"silence": times}
        case HandoverEnds(where, outcome):
            return {where: outcome}
        case MessageEnds(recorded):
            return {"message": "recorded" if recorded else "empty"}
        case CrmTurns(away):
            return {"crm": "away" if away else "there"}
        case ClockTurns(at):
            return {"at": at}
        case OutsideTurns(takes_s):
            return {"outside": _outside(takes_s)}
        case None:
            return {}


def _outside(takes_s: Mapping[str, float | None]) -> dict[str, Any]:
    return {what: "away" if seconds is None else seconds for what, seconds in takes_s.items()}


def _expected(expected: Expected) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "hears": list(expected.hears),
        "hears_not": list(expected.hears_not),
        "step": expected.step,
        "slots": dict(expected.slots),
        "queued": expected.queued,
        "transferred": expected.transferred,
        "recording": expected.recording,
        "did": list(expected.did),
        "language": expected.language,
    }
    kept = {key: value for key, value in entry.items() if value}
    return kept if expected.ended is None else {**kept, "ended": expected.ended}


def _flow(values: Mapping[str, Any] | None) -> str:
    if values is None:
        return "null"
    return "{" + ", ".join(f"{_value(key)}: {_value(entry)}" for key, entry in values.items()) + "}"


def _value(value: Any) -> str:
    """As YAML; plain words stay without quotes."""
    if isinstance(value, str) and value.isidentifier() and value.isascii() and value not in _WORDS:
        return value
    if isinstance(value, Mapping):
        return _flow(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return _quoted(value) if isinstance(value, str) else json.dumps(value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    shown = (one if one.isprintable() else f"\\U{ord(one):08x}" for one in escaped)
    return f'"{"".join(shown)}"'


_WORDS = {"true", "false", "null", "True", "False", "Null", "TRUE", "FALSE", "NULL"}
