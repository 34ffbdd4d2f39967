"""What the recognizer takes words for: `python tests/bench/confusions.py`.

Decodes telephone speech as calls do, aligns what was heard with what was said, and counts: which
word became which, how often words were lost or added, and how often the right words were among the
next hypotheses. With `--write` the table goes into the project, where tests of flows draw their
simulated errors from it (`dialog/flow_tests/noise.py`). The table has single words and counts, no
sentences; a confusion counts only when its word was said in at least two utterances.

The speech is not part of the project; `VOXDESK_DATA` names the folder that has `speech-dev/`.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz.distance import Levenshtein
from rich.console import Console

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # run as a file, it finds the helpers beside it

from tests.bench.recognition import (  # noqa: E402
    DATA,
    Ears,
    Utterance,
    load,
    menu_of,
)
from tests.bench.word_errors import normal  # noqa: E402
from voxdesk.kernel.speech import FREE_SPEECH, AnswerKind, Expectation  # noqa: E402

TABLE = ROOT / "dialog" / "flow_tests" / "confusions_en.json"
MODEL, BEAM = "tiny.en", 5
SAID_IN_AT_LEAST = 2
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
console = Console(width=120)
Steps = Callable[[list[Utterance]], Expectation]


def _menu(said: list[Utterance]) -> Expectation:
    return menu_of(sorted({one.text for one in said}))


SOURCES: dict[str, Steps] = {
    "spokenwoz": lambda _: FREE_SPEECH,
    "open-speech-repository": lambda _: FREE_SPEECH,
    "fsdd": lambda _: Expectation(kind=AnswerKind.DIGITS),
    "speech-commands": _menu,
}
"""Each set, and what a step of a flow would expect there."""


def words_of(text: str) -> list[str]:
    """Words as they are spoken; a digit is a word."""
    return [_DIGITS[int(word)] if word.isdecimal() else word for word in normal(text)]


class Counts:
    """Adds up all utterances."""

    def __init__(self) -> None:
        self.words = self.utterances = self.wrong = self.right_later = 0
        self.kinds: Counter[str] = Counter()
        self.pairs: dict[str, Counter[str]] = defaultdict(Counter)
        self.added: Counter[str] = Counter()
        self.said_in: Counter[str] = Counter()
        self.confidences_wrong: list[float] = []

    def add(self, said: list[str], hypotheses: list[list[str]], confidence: float) -> None:
        """One utterance: the words, and each hypothesis, best first."""
        best = hypotheses[0] if hypotheses else []
        self.utterances += 1
        self.words += len(said)
        self.said_in.update(set(said))
        if best == said:
            return
        self.wrong += 1
        self.right_later += said in hypotheses[1:]
        if hypotheses:
            self.confidences_wrong.append(confidence)
        for edit in Levenshtein.editops(said, best):
            self.kinds[edit.tag] += 1
            if edit.tag == "replace":
                self.pairs[said[edit.src_pos]][best[edit.dest_pos]] += 1
            elif edit.tag == "insert":
                self.added[best[edit.dest_pos]] += 1

    def table(self, source: str) -> dict[str, Any]:
        """What the project keeps."""
        errors = self.kinds.total()
        shares = {
            name: round(self.kinds[tag] / errors, 3)
            for name, tag in (("substituted", "replace"), ("inserted", "insert"))
        }
        shares["deleted"] = round(1 - sum(shares.values()), 3)
        deciles = np.percentile(self.confidences_wrong, range(5, 100, 10))
        kept = {
            word: dict(heard.most_common())
            for word, heard in sorted(self.pairs.items())
            if self.said_in[word] >= SAID_IN_AT_LEAST
        }
        return {
            "source": source,
            "utterances": self.utterances,
            "words_said": self.words,
            "word_error_rate": round(errors / self.words, 3),
            "errors": shares,
            "right_later": round(self.right_later / self.wrong, 3),
            "confidences_wrong": [round(float(value), 2) for value in deciles],
            "words": kept,
            "added": dict(self.added.most_common()),
        }


def measure() -> Counts:
    """Decode everything."""
    ears = Ears(MODEL, beam=BEAM, segment=False)
    counts = Counts()
    for source, step_of in SOURCES.items():
        said = load(source)
        step = step_of(said)
        for one in said:
            transcript = ears(one.pcm, step)
            hypotheses = [words_of(entry.text) for entry in transcript.hypotheses]
            counts.add(words_of(one.text), hypotheses, transcript.confidence)
        console.print(f"{source}: {len(said)} utterances")
    return counts


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into the project")
    arguments = parser.parse_args()
    if not (DATA / "manifest.tsv").is_file():
        sys.exit(f"no speech to measure with: {DATA} is missing. Set VOXDESK_DATA.")
    table = measure().table(f"{MODEL}, beam {BEAM}, telephone speech")
    shown = {key: value for key, value in table.items() if key not in {"words", "added"}}
    pairs = sum(sum(heard.values()) for heard in table["words"].values())
    console.print_json(data=shown)
    console.print(f"{pairs} confusions of {len(table['words'])} words")
    if arguments.write:
        TABLE.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        console.print(f"written to {TABLE}")


if __name__ == "__main__":
    main()
