"""Simulated callers who want something from the shop: `python -m tests.bench.simulated_callers`.

Each has an errand (an order to cancel, a lamp to ask about), a manner (terse, hesitant, angry,
keys only …) and wordings that were written before the flow, or come from public data sets. A call
counts as finished when it had the effect in the CRM, or told the right thing, without a person.
`--text` holds the calls without sound and lines; otherwise they are real SIP calls with speech.
"""

import argparse
import asyncio
import itertools
from collections.abc import Sequence
from datetime import date

from tests.bench.callers import in_text
from tests.bench.callers.errands import TASKS, Errand, make_errands
from tests.bench.callers.personas import PERSONAS
from tests.bench.callers.report import Held, keep
from tests.bench.callers.wordings import Wordings
from tests.bench.figures import console

TODAY = date(2026, 11, 21)
BY_KEYS = ("status", "change.date", "cancel", "return", "refund")
"""What a telephone's keys are enough for."""


def read_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.simulated_callers", description=__doc__
    )
    parser.add_argument("--calls", type=int, default=96, help="how many")
    parser.add_argument("--text", action="store_true", help="without sound")
    parser.add_argument("--held-out", action="store_true", help="the wordings held out")
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=list(TASKS))
    parser.add_argument("--personas", nargs="+", choices=PERSONAS, default=list(PERSONAS))
    parser.add_argument("--languages", nargs="+", choices=("en", "zh"), default=[])
    parser.add_argument("--errors", type=float, default=0.0, help="word error rate, with --text")
    parser.add_argument("--at-once", type=int, default=2, help="calls at the same time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="print the calls that failed")
    parser.add_argument("--show-all", action="store_true", help="print every call")
    return parser.parse_args()


def plan(arguments: argparse.Namespace, language: str, today: date) -> list[tuple[Errand, str]]:
    """Errands and the kinds of people who have them, each combination as often as another."""
    errands = make_errands(
        arguments.calls, language=language, today=today, seed=arguments.seed, tasks=arguments.tasks
    )
    kinds = {errand: itertools.cycle(arguments.personas) for errand in arguments.tasks}
    planned = []
    for errand in errands:
        kind = next(kinds[errand.task])
        if kind == "keys" and errand.name not in BY_KEYS:
            kind = next(kinds[errand.task])
        planned.append((errand, kind))
    return planned


def hold_in_text(arguments: argparse.Namespace, wordings: Wordings) -> list[Held]:
    """Every call, one after the other."""
    dialogue = in_text.shop_dialogue()
    helds = []
    for language in arguments.languages or ["en", "zh"]:
        for number, (errand, kind) in enumerate(plan(arguments, language, TODAY)):
            seed = f"{arguments.seed} {number}"
            helds.append(
                in_text.hold(
                    dialogue, errand, kind, wordings, today=TODAY, errors=arguments.errors,
                    seed=seed,
                )
            )  # fmt: skip
    return helds


def show(helds: Sequence[Held], *, every: bool) -> None:
    """Print calls."""
    for held in helds:
        if every or not held.is_finished:
            console.print(held.told(), markup=False, highlight=False, soft_wrap=True)
            console.print()


def main() -> None:
    """The command line."""
    arguments = read_arguments()
    wordings = Wordings(held_out=arguments.held_out)
    if arguments.text:
        helds = hold_in_text(arguments, wordings)
    else:
        from tests.bench.callers import by_phone  # noqa: PLC0415

        helds = asyncio.run(by_phone.hold_all(arguments, wordings, plan))
    if arguments.show or arguments.show_all:
        show(helds, every=arguments.show_all)
    half = "held-out" if arguments.held_out else "development"
    way = "text" if arguments.text else "sip"
    notes = f"{half} wordings, {len(helds)} calls, seed {arguments.seed}"
    keep(f"callers-{way}-{half}", helds, notes)


if __name__ == "__main__":
    main()
