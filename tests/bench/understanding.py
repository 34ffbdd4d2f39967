"""How well a few examples tell what callers want: `python -m tests.bench.understanding`.

CLINC150: examples from its train half, tested on its validation half; out of scope are all its
out-of-scope sentences. BANKING77: its train file is split here, 30 % (40 at most) of each intent
are tested. A menu: 4 to 8 intents of CLINC150, with 5 or 8 examples each, as flows have them; out
of scope are the out-of-scope sentences ("far") and the 140 other intents ("near"). Mandarin: 30
sentences of our own, in understanding_zh.json.

Word errors are simulated, see `noiser`. Seeds choose the examples; a figure is the mean over them.
The data is not part of the project; `VOXDESK_DATA` names the folder that has it.
"""

import argparse
import csv
import json
import os
import random
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from dialog.understanding.intents.classifier import softmax
from dialog.understanding.intents.encoders import Encoder, Vectors, encoder_for
from dialog.understanding.intents.training import ACCEPTED, train_classifier
from tests.bench.noiser import Noiser

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("VOXDESK_DATA", ROOT.parent / "shared" / "data"))
CHINESE = Path(__file__).with_name("understanding_zh.json")
RATE = 0.25
TESTED, TESTED_AT_MOST = 0.3, 40
MENU_OPTIONS, MENU_EXAMPLES = (4, 6, 8), (5, 8)
ALL_ROUNDS = 20
TIMED = 300
console = Console(width=120)
Sentences = Mapping[str, Sequence[str]]
"""Intent to its sentences."""


def clinc() -> tuple[Sentences, Sentences, list[str]]:
    """Sentences to choose examples from, sentences to test on, and those out of scope."""
    sets = json.loads((DATA / "clinc150" / "train_val.json").read_text(encoding="utf-8"))
    outside = [text for text, _ in (*sets["oos_train"], *sets["oos_val"])]
    return _by_intent(sets["train"]), _by_intent(sets["val"]), outside


def banking() -> tuple[Sentences, Sentences]:
    """Sentences to choose examples from, and sentences to test on."""
    with (DATA / "banking77" / "train.csv").open(encoding="utf-8") as file:
        rows = [(row["text"], row["category"]) for row in csv.DictReader(file)]
    shuffled = random.Random(0)  # noqa: S311  the same split in every run
    pool, tested = {}, {}
    for intent, sentences in sorted(_by_intent(rows).items()):
        mixed = shuffled.sample(sentences, len(sentences))
        count = min(TESTED_AT_MOST, int(TESTED * len(mixed)))
        tested[intent], pool[intent] = mixed[:count], mixed[count:]
    return pool, tested


def _by_intent(rows: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for text, intent in rows:
        found[intent].append(text)
    return dict(found)


class Remembering:
    """An encoder that reads each sentence once: seeds share most of them."""

    def __init__(self, encoder: Encoder) -> None:
        """Wrap an encoder."""
        self._encoder = encoder
        self._rows: dict[str, Vectors] = {}
        self.reach, self.floor = encoder.reach, encoder.floor
        self.reads_names = encoder.reads_names

    def encode(self, texts: Sequence[str]) -> Vectors:
        """As the encoder's."""
        new = list(dict.fromkeys(text for text in texts if text not in self._rows))
        if new:
            self._rows |= dict(zip(new, self._encoder.encode(new), strict=True))
        return np.stack([self._rows[text] for text in texts])


class Trial:
    """One set of examples, learnt."""

    def __init__(self, encoder: Remembering, pool: Sentences, count: int, seed: int) -> None:
        """Choose `count` examples of each intent, and learn them."""
        chosen = random.Random(seed)  # noqa: S311
        self.examples = {
            intent: tuple(chosen.sample(list(dict.fromkeys(texts)), min(count, len(set(texts)))))
            for intent, texts in pool.items()
        }
        self._encoder = encoder
        self.classifier, self.unseen_right = train_classifier(self.examples, encoder)

    def scores(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Of each option, shape (texts, options)."""
        vectors = self._encoder.encode(texts)
        return np.stack(
            [self.classifier.scores(text, row) for text, row in zip(texts, vectors, strict=True)]
        )

    def right(self, texts: Sequence[str], intents: Sequence[str]) -> float:
        """Share of texts whose best option is the right one, in percent."""
        best = self.scores(texts).argmax(axis=1)
        hits = [self.classifier.options[n] == want for n, want in zip(best, intents, strict=True)]
        return 100.0 * float(np.mean(hits))

    def scope(
        self, inside: Sequence[str], outside: Mapping[str, Sequence[str]]
    ) -> dict[str, float]:
        """Of the sentences outside, how many are found to be; in percent.

        At a threshold that lets exactly 95 % of those inside in; and at the one that was learnt,
        with how many of those inside that one lets in.
        """
        best = self.scores(inside).max(axis=1)
        exact, learnt = float(np.quantile(best, 1 - ACCEPTED)), self.classifier.least
        found = {"accepted": 100.0 * float((best >= learnt).mean())}
        for name, texts in outside.items():
            others = self.scores(texts).max(axis=1)
            found[f"{name}_found_at_95"] = 100.0 * float((others < exact).mean())
            found[f"{name}_found"] = 100.0 * float((others < learnt).mean())
        return found

    def miscalibration(self, texts: Sequence[str], intents: Sequence[str]) -> float:
        """Expected calibration error of "which option" over ten bins (Guo et al. 2017), percent."""
        shares = softmax(self.scores(texts) / np.float32(self.classifier.temperature))
        sure = shares.max(axis=1)
        options = [self.classifier.options[n] for n in shares.argmax(axis=1)]
        right = np.array([got == want for got, want in zip(options, intents, strict=True)])
        bins = np.minimum(9, (sure * 10).astype(int))
        gaps = [
            abs(float(right[bins == n].mean() - sure[bins == n].mean())) * float((bins == n).mean())
            for n in range(10)
            if (bins == n).any()
        ]
        return 100.0 * sum(gaps)


def measure_accuracy(
    encoder: Remembering,
    sets: tuple[Sentences, Sentences],
    outside: Sequence[str],
    count: int,
    seeds: int,
) -> dict[str, float]:
    """All figures of one data set with so many examples."""
    pool, tested = sets
    texts = [text for sentences in tested.values() for text in sentences]
    intents = [intent for intent, sentences in tested.items() for _ in sentences]
    rounds = []
    for seed in range(seeds):
        trial = Trial(encoder, pool, count, seed)
        figures = {"right": trial.right(texts, intents)}
        for name in ("any", "alike"):
            noiser = Noiser(texts, alike=name == "alike")
            heard = [noiser(text, RATE) for text in texts]
            figures[f"right_at_{name}_errors"] = trial.right(heard, intents)
        figures["unseen_right"] = 100.0 * trial.unseen_right
        figures["miscalibration"] = trial.miscalibration(texts, intents)
        if outside:
            figures |= trial.scope(texts, {"outside": outside})
        rounds.append(figures)
    return _mean(rounds)


def measure_menus(
    encoder: Remembering, pool: Sentences, tested: Sentences, outside: Sequence[str], rounds: int
) -> dict[str, float]:
    """Menus as flows have them."""
    found = []
    for seed in range(rounds):
        chosen = random.Random(seed)  # noqa: S311
        options = chosen.sample(sorted(pool), chosen.choice(MENU_OPTIONS))
        trial = Trial(
            encoder, {name: pool[name] for name in options}, chosen.choice(MENU_EXAMPLES), seed
        )
        texts = [text for name in options for text in tested[name]]
        intents = [name for name in options for _ in tested[name]]
        near = [tested[name][0] for name in sorted(tested) if name not in options]
        figures = {"right": trial.right(texts, intents)}
        found.append(figures | trial.scope(texts, {"far": outside, "near": near}))
    return _mean(found)


def measure_chinese() -> dict[str, float]:
    """Thirty sentences that we wrote ourselves: a sign of life, no comparison."""
    data = json.loads(CHINESE.read_text(encoding="utf-8"))
    encoder = encoder_for("zh")
    examples = {intent: tuple(texts) for intent, texts in data["examples"].items()}
    classifier, _ = train_classifier(examples, encoder)

    def meant(text: str) -> str:
        found = classifier.classify(text, encoder.vector(text))
        return found[0] if found else ""

    got = [(meant(text), intent) for intent, texts in data["tests"].items() for text in texts]
    asked = sum(not option for option, _ in got)
    right = sum(option == intent for option, intent in got)
    outside = [meant(text) for text in data["outside"]]
    return {
        "right": 100.0 * right / len(got),
        "misunderstood": 100.0 * (len(got) - right - asked) / len(got),
        "asked_again": 100.0 * asked / len(got),
        "outside_found": 100.0 * sum(not option for option in outside) / len(outside),
    }


def measure_time(pool: Sentences, tested: Sentences) -> dict[str, float]:
    """Learning 150 intents with 20 examples, and reading one sentence, from nothing remembered."""
    chosen = random.Random(0)  # noqa: S311
    examples = {intent: tuple(chosen.sample(list(texts), 20)) for intent, texts in pool.items()}
    learner = encoder_for("en")
    begun, cpu = time.perf_counter(), time.process_time()
    classifier, _ = train_classifier(examples, learner)
    trained_s, trained_cpu_s = time.perf_counter() - begun, time.process_time() - cpu
    reader = encoder_for("en")
    texts = [text for sentences in tested.values() for text in sentences[:2]][:TIMED]
    took = []
    for text in texts:
        begun = time.perf_counter()
        classifier.classify(text, reader.encode([text])[0])
        took.append(1000.0 * (time.perf_counter() - begun))
    p50, p95 = np.percentile(took[10:], (50, 95))
    return {
        "training_s": trained_s,
        "training_cpu_s": trained_cpu_s,
        "reading_p50_ms": float(p50),
        "reading_p95_ms": float(p95),
        "load_average": os.getloadavg()[0],
    }


def _mean(rounds: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: float(np.mean([each[name] for each in rounds])) for name in rounds[0]}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.understanding", description=__doc__
    )
    parser.add_argument("--seeds", type=int, default=3, help="choices of examples")
    parser.add_argument("--counts", type=int, nargs="+", default=[5, 10, 20])
    parser.add_argument("--no-time", action="store_true", help="only how right, not how fast")
    arguments = parser.parse_args()
    if not (DATA / "clinc150").is_dir():
        sys.exit(f"no sentences to measure with: {DATA} has no clinc150. Set VOXDESK_DATA.")
    pool, tested, outside = clinc()
    results: dict[str, Any] = {"seeds": arguments.seeds, "word_error_rate": RATE}
    if not arguments.no_time:
        results["time"] = _show("time", measure_time(pool, tested))
    encoder = Remembering(encoder_for("en"))
    for count in arguments.counts:
        for name, sets, others in (("clinc", (pool, tested), outside), ("banking", banking(), ())):
            figures = measure_accuracy(encoder, sets, others, count, arguments.seeds)
            results[f"{name}-{count}"] = _show(f"{name}, {count} examples", figures)
    menus = measure_menus(encoder, pool, tested, outside, ALL_ROUNDS)
    results["menus"] = _show("menus of 4 to 8 options, 5 or 8 examples", menus)
    results["chinese"] = _show("Mandarin, 6 intents, 5 examples", measure_chinese())
    path = ROOT / "bench-results" / "understanding.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(results, indent=1), encoding="utf-8")
    console.print(f"details in {path}")


def _show(title: str, figures: dict[str, float]) -> dict[str, float]:
    table = Table(title=title, title_justify="left", box=None)
    for name in figures:
        table.add_column(name.replace("_", " "), overflow="fold")
    table.add_row(*(f"{value:.1f}" for value in figures.values()))
    console.print(table)
    return figures


if __name__ == "__main__":
    main()
