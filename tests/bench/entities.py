"""How many of the callers' wordings are understood: python -m tests.bench.entities [--misses]

The cases are in tests/bench/entity_cases/, written before the code. Held-out ones are shown as a
share only, so that nobody writes rules for them.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from dialog.slot_values import slot_value
from dialog.understanding import understand
from voxdesk.kernel.speech import AnswerKind, Choice, Expectation, Hypothesis, Transcript

CASES = Path(__file__).parent / "entity_cases"
TODAY = date(2026, 11, 18)
NOW = time(10, 20)
GOAL = 0.95


@dataclass(frozen=True)
class Case:
    expectation: Expectation
    said: str
    wanted: Any
    held_out: bool


def cases() -> Iterator[Case]:
    for path in sorted(CASES.glob("*.yaml")):
        for group in YAML(typ="safe").load(path):
            expectation = _expectation(group)
            for part in ("developed", "held_out"):
                for said, wanted in group.get(part, {}).items():
                    yield Case(expectation, said, wanted, part == "held_out")


def _expectation(group: dict[str, Any]) -> Expectation:
    return Expectation(
        kind=AnswerKind(group["kind"]),
        language=group["language"],
        choices=tuple(
            Choice(value, tuple(phrases)) for value, phrases in group.get("choices", {}).items()
        ),
        form=group.get("format", ""),
        currency=group.get("currency", ""),
        country=group.get("country", ""),
        names=tuple(group.get("names", ())),
        when=group.get("when", "nearest"),
        min_digits=2 if group["kind"] == "code" else 1,
    )


def read(case: Case) -> Any:
    """The slot's value, or None."""
    transcript = Transcript((Hypothesis(case.said, 0.9),))
    found = understand(transcript, case.expectation, today=TODAY, now=NOW)
    return None if found is None else slot_value(case.expectation.kind, found.value)


def wanted(case: Case) -> Any:
    if case.expectation.kind is AnswerKind.YES_NO and case.wanted is not None:
        return "yes" if case.wanted else "no"
    return case.wanted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="show developed cases that fail")
    arguments = parser.parse_args()
    right: Counter[tuple[str, str, bool]] = Counter()
    count: Counter[tuple[str, str, bool]] = Counter()
    for case in cases():
        key = (case.expectation.language, str(case.expectation.kind), case.held_out)
        found = read(case)
        count[key] += 1
        right[key] += found == wanted(case)
        if arguments.misses and not case.held_out and found != wanted(case):
            print(f"  {key[1]:9} {case.said!r}: {found!r}, not {wanted(case)!r}")  # noqa: T201
    _table(right, count, hidden=arguments.misses)


def _table(
    right: Counter[tuple[str, str, bool]], count: Counter[tuple[str, str, bool]], *, hidden: bool
) -> None:
    """`hidden`: the held-out shares stay unseen while rules are being written."""
    parts_shown = (False,) if hidden else (False, True)
    print(f"{'language':9}{'kind':14}{'developed':>14}{'held out':>14}")  # noqa: T201
    for language, kind in sorted({key[:2] for key in count}):
        parts = (_share(right, count, language, kind, held) for held in parts_shown)
        print(f"{language:9}{kind:14}{''.join(f'{part:>14}' for part in parts)}")  # noqa: T201
    for name, held in (("developed", False), ("held out", True))[: len(parts_shown)]:
        all_right = sum(value for key, value in right.items() if key[2] is held)
        all_count = sum(value for key, value in count.items() if key[2] is held)
        share = all_right / all_count
        verdict = "reached" if share >= GOAL else "MISSED"
        print(f"{name}: {all_right} of {all_count}, {share:.1%}; goal {GOAL:.0%} {verdict}")  # noqa: T201


def _share(
    right: Counter[tuple[str, str, bool]],
    count: Counter[tuple[str, str, bool]],
    language: str,
    kind: str,
    held: bool,  # noqa: FBT001
) -> str:
    key = (language, kind, held)
    return f"{right[key]}/{count[key]}" if count[key] else "-"


if __name__ == "__main__":
    main()
