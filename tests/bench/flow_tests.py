"""How long tests of flows take: `python -m tests.bench.flow_tests`.

Runs the shop's tests until a thousand are done, then as many with simulated recognition errors,
then a thousand calls of the generated caller. Reports wall time; a thousand tests should take less
than ten seconds.
"""

import argparse
import json
import time
from itertools import cycle, islice
from pathlib import Path

from rich.console import Console
from rich.table import Table

from dialog.dialogue import Dialogue
from dialog.flow_file import load_flow
from dialog.flow_tests.noise import Noise
from dialog.flow_tests.reading import check_tests_file, file_of_tests
from dialog.flow_tests.running import run_test
from dialog.flow_tests.walker import walk
from dialog.prompts import Prompts

ROOT = Path(__file__).resolve().parents[2]
FLOW = ROOT / "config" / "flows" / "shop.yaml"
REACH_S = 10.0
WORD_ERROR_RATE = 0.25
console = Console(width=120)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tests", type=int, default=1000)
    arguments = parser.parse_args()
    begun = time.perf_counter()
    dialogue = Dialogue(load_flow(FLOW), Prompts.load(ROOT / "config" / "prompts"))
    checked = check_tests_file(file_of_tests(FLOW), dialogue.flow)
    figures: dict[str, float] = {"load_s": time.perf_counter() - begun}
    tests = list(islice(cycle(checked.tests), arguments.tests))

    begun = time.perf_counter()
    outcomes = [run_test(dialogue, test) for test in tests]
    figures["tests_s"] = time.perf_counter() - begun
    figures["failed"] = sum(outcome.failure is not None for outcome in outcomes)
    figures["turns"] = sum(len(outcome.went) for outcome in outcomes)

    begun = time.perf_counter()
    misheard = [
        run_test(dialogue, test, hear=Noise(WORD_ERROR_RATE, str(number)))
        for number, test in enumerate(tests)
    ]
    figures["tests_with_errors_s"] = time.perf_counter() - begun
    figures["failed_with_errors"] = sum(outcome.failure is not None for outcome in misheard)

    begun = time.perf_counter()
    walked = walk(dialogue, calls=arguments.tests, seed=1)
    figures["walk_s"] = time.perf_counter() - begun
    figures["walk_events"] = walked.events
    figures["walk_faults"] = len(walked.found)

    table = Table(
        title=f"{arguments.tests} tests of the shop, {len(checked.tests)} of them different"
    )
    for heading in ("what", "figure"):
        table.add_column(heading)
    for name, value in figures.items():
        table.add_row(name, f"{value:.2f}" if name.endswith("_s") else f"{value:.0f}")
    console.print(table)
    reached = figures["tests_s"] <= REACH_S * arguments.tests / 1000
    console.print(f"{'within' if reached else 'MORE THAN'} {REACH_S:g} s for a thousand tests")
    results = ROOT / "bench-results" / "flow-tests.json"
    results.parent.mkdir(exist_ok=True)
    results.write_text(json.dumps(figures, indent=1))
    console.print(f"details in {results}")


if __name__ == "__main__":
    main()
