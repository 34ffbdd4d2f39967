"""How much of what must be hidden is hidden: python -m tests.bench.redaction [--misses]

The cases are in tests/bench/redaction_cases/, written before the code. A mark is found when every
letter and digit in it is hidden. Recall: found marks of all marks. False: negative cases in which
anything at all was hidden, of all negative cases. `--misses` shows developed cases only and no
held-out figures, so that nobody writes rules for those.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from recordings.redaction import Redacted, Turn, redact, redact_turns
from tests.bench.entities import cases as entity_cases
from tests.bench.entities import wanted
from tests.bench.redaction_cases import Case, Said, cases

RECALL_GOAL: Final = 0.98
FALSE_GOAL: Final = 0.01
SETS: Final = ("fresh", "later", "last", "final", "newest", "sixth", "seventh", "eighth", "wider")
RESULTS: Final = Path("bench-results") / "redaction.json"
Counts = Counter[tuple[str, ...]]


def read(case: Case) -> list[Redacted]:
    return list(
        redact_turns(
            Turn("caller" if turn.caller else "voxdesk", turn.text, case.language)
            for turn in case.turns
        )
    )


def _hidden(redacted: Redacted) -> set[int]:
    return {place for span in redacted.spans for place in range(span.start, span.end)}


def _letters(said: Said, start: int, end: int) -> set[int]:
    return {place for place in range(start, end) if said.text[place].isalnum()}


def measure(chosen: Sequence[Case], *, told: bool) -> Counts:
    """Counts by what, kind and language; what goes wrong is printed when `told`."""
    counts: Counts = Counter()
    for case in chosen:
        part = case.part
        hidden_any = False
        for said, redacted in zip(case.turns, read(case), strict=True):
            hidden = _hidden(redacted)
            marked: set[int] = set()
            for mark in said.marks:
                inside = _letters(said, mark.start, mark.end)
                marked |= inside
                if mark.kind == "~":
                    continue
                counts["marks", part, case.language, mark.kind] += 1
                found = inside <= hidden
                counts["found", part, case.language, mark.kind] += found
                kinds = {
                    str(span.kind)
                    for span in redacted.spans
                    if span.start < mark.end and mark.start < span.end
                }
                counts["named", part, case.language, mark.kind] += kinds == {mark.kind}
                if told and not found:
                    print(f"  missed {mark.kind:8} {said.text!r} -> {redacted.text!r}")  # noqa: T201
                elif told and kinds != {mark.kind}:
                    print(f"  named  {mark.kind:8} {said.text!r} -> {redacted.text!r}")  # noqa: T201
            outside = _letters(said, 0, len(said.text)) - marked
            counts["outside", part, case.language, ""] += len(outside)
            counts["too much", part, case.language, ""] += len(outside & hidden)
            if outside & hidden:
                hidden_any = True
                if told:
                    print(f"  false    {said.text!r} -> {redacted.text!r}")  # noqa: T201
        if case.negative:
            counts["negatives", part, case.language, ""] += 1
            counts["false", part, case.language, ""] += hidden_any
    return counts


def _sum(counts: Counts, what: str, part: str, language: str = "", kind: str = "") -> int:
    return sum(
        count
        for key, count in counts.items()
        if key[0] == what and key[1] == part and language in ("", key[2]) and kind in ("", key[3])
    )


def _table(counts: Counts, parts: Sequence[str]) -> dict[str, dict[str, float]]:
    kinds = sorted({key[2:] for key in counts if key[0] == "marks"})
    print(f"{'':4}{'kind':10}" + "".join(f"{part:>14}" for part in parts))  # noqa: T201
    for language, kind in kinds:
        cells = (
            f"{_sum(counts, 'found', part, language, kind)}"
            f"/{_sum(counts, 'marks', part, language, kind)}"
            for part in parts
        )
        print(f"{language:4}{kind:10}" + "".join(f"{cell:>14}" for cell in cells))  # noqa: T201
    summary = {}
    for part in parts:
        marks, found = _sum(counts, "marks", part), _sum(counts, "found", part)
        negatives, false = _sum(counts, "negatives", part), _sum(counts, "false", part)
        outside, much = _sum(counts, "outside", part), _sum(counts, "too much", part)
        summary[part] = {
            "recall": found / marks,
            "false": false / negatives,
            "named": _sum(counts, "named", part) / marks,
            "too_much": much / outside,
        }
        verdict = found / marks >= RECALL_GOAL and false / negatives <= FALSE_GOAL
        print(  # noqa: T201
            f"{part}: recall {found}/{marks} = {found / marks:.1%}, "
            f"false {false}/{negatives} = {false / negatives:.1%}, "
            f"rightly named {summary[part]['named']:.1%}, "
            f"hidden outside marks {much / outside:.2%} of letters; "
            f"{'reached' if verdict else 'MISSED'}"
        )
    return summary


def others() -> None:
    """What somebody else wrote, for another purpose: answers of tests/bench/entity_cases/."""
    phone = ("What's your phone number?", "请问您的电话号码？")  # noqa: RUF001 - Chinese
    harmless = ("What would you like to do?", "请问您要办什么？")  # noqa: RUF001 - Chinese
    hidden: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for case in entity_cases():
        kind = str(case.expectation.kind)
        if wanted(case) is None or kind in ("date", "datetime", "code"):
            continue
        chinese = case.expectation.language == "zh"
        question = (phone if kind == "phone" else harmless)[chinese]
        found = redact(case.said, case.expectation.language, context=question).spans
        group = kind if kind == "phone" else "harmless"
        count[group] += 1
        hidden[group] += bool(found)
    print(  # noqa: T201
        "answers that others wrote, something hidden: "
        + ", ".join(f"{group} {hidden[group]}/{count[group]}" for group in sorted(count))
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="show developed cases that fail")
    parser.add_argument("--set", choices=SETS, help="with --misses: those of this set")
    asked = parser.parse_args()
    misses = asked.misses
    told = {asked.set or "developed"}
    chosen = [case for case in cases() if not misses or case.part in told]
    began = time.perf_counter()
    counts = measure(chosen, told=misses)
    turns = sum(len(case.turns) for case in chosen)
    each_ms = (time.perf_counter() - began) / turns * 1000
    summary = _table(counts, tuple(told) if misses else ("developed", "held out", *SETS))
    print(f"{len(chosen)} cases, {turns} turns, {each_ms:.2f} ms a turn")  # noqa: T201
    if not misses:
        others()
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps({"cases": len(chosen), "ms_a_turn": each_ms, **summary}))


if __name__ == "__main__":
    main()
