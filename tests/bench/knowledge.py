"""How well questions find their answers: `python -m tests.bench.knowledge`.

BANKING77: an intent is a question, 5 of its sentences are its wordings, callers say others. Its
train file is split here; 30 % of each intent, 40 at most, are tested. CLINC150: the same, with
wordings from its train half and callers from its validation half. The shop: what
`config/knowledge/shop.yaml` answers, in words of `tests/bench/knowledge_cases/shop.yaml`, which
were written before anything was searched with them.

"first" and "first three" are shares of questions whose answer comes first, or is among three. For
"no answer" a third of the questions is left out of the knowledge: sentences that ask one of those
are "near", sentences of CLINC150's out-of-scope set are "far". What is answered at once has a
confidence of 0.6 at least; between that and 0.3 the caller is asked "Did you mean …?".

The scale of confidence was fitted on every second intent of both sets (by name); it is tested on
the others. Seeds choose the wordings; a figure is the mean over them. The data is not part of the
project; `VOXDESK_DATA` names the folder that has it.
"""

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dialog.events import Match, Search
from dialog.flow import CONFIRM_BELOW
from dialog.flow_texts import Phrases, Text
from dialog.knowledge.file import load_knowledge
from dialog.knowledge.index import make_index
from dialog.knowledge.library import Library
from dialog.knowledge.model import Knowledge, Question
from dialog.understanding.intents.encoders import Encoder, encoder_for
from dialog.yaml_tree import read_tree
from tests.bench.understanding import (
    DATA,
    ROOT,
    Remembering,
    Sentences,
    banking,
    clinc,
    console,
)

WORDINGS = 5
LEFT_OUT = 3
TIMED = 300
CASES = ROOT / "tests" / "bench" / "knowledge_cases" / "shop.yaml"
SHOP = ROOT / "config" / "knowledge" / "shop.yaml"
SHOP_DAY = "2026-07-01"


def as_knowledge(wordings: Mapping[str, Sequence[str]]) -> Knowledge:
    """Sentences as a file of knowledge; the first is the question."""
    questions = {
        name: Question(
            name=name,
            question=Text({"en": texts[0]}),
            variants=Phrases({"en": tuple(texts[1:])}),
            answer=Text({"en": "So."}),
        )
        for name, texts in wordings.items()
    }
    return Knowledge("set", "set", "1", ("en",), questions)


class Asker:
    """A library that is asked one question after another; each sentence is read once."""

    def __init__(self, knowledge: Knowledge, encoder: Remembering, language: str = "en") -> None:
        """Read the wordings."""
        self._library = Library({knowledge.name: knowledge})
        wordings = self._library.wordings(language)
        self._library.put(make_index(wordings, encoder.encode(wordings.texts), encoder.reach))
        search = Search(0, (), language, (knowledge.name,), SHOP_DAY)
        self._ranker = self._library.ranker(search)
        self._encoder = encoder

    def ask(self, texts: Sequence[str]) -> list[tuple[Match, ...]]:
        """What each of them finds, whatever its confidence."""
        assert self._ranker is not None
        rows = self._encoder.encode(texts)
        return [
            self._ranker.rank(text, row, least=0.0) for text, row in zip(texts, rows, strict=True)
        ]


@dataclass(frozen=True)
class Found:
    """What came of many questions: found questions and the right one, or "" where there is none."""

    matches: list[tuple[Match, ...]]
    wanted: list[str]

    def first(self, count: int) -> float:
        """Share whose right question is among the first so many, in percent."""
        hits = [
            want in [match.question.partition("/")[2] for match in found[:count]]
            for found, want in zip(self.matches, self.wanted, strict=True)
        ]
        return 100.0 * float(np.mean(hits))

    @property
    def sure(self) -> np.ndarray[Any, Any]:
        """The confidence of the best."""
        return np.array([found[0].confidence if found else 0.0 for found in self.matches])

    @property
    def right(self) -> np.ndarray[Any, Any]:
        """Whether the best is the right one."""
        return np.array(
            [
                bool(found) and found[0].question.partition("/")[2] == want
                for found, want in zip(self.matches, self.wanted, strict=True)
            ]
        )


def sample(pool: Sentences, count: int, seed: int) -> dict[str, list[str]]:
    """So many wordings of each question."""
    chosen = random.Random(seed)  # noqa: S311  the same in every run
    return {
        name: chosen.sample(list(dict.fromkeys(texts)), min(count, len(set(texts))))
        for name, texts in pool.items()
    }


def measure_recall(
    encoder: Remembering, pool: Sentences, tested: Sentences, seeds: int
) -> dict[str, float]:
    """Whether the right answer comes first, with all questions known."""
    texts = [text for sentences in tested.values() for text in sentences]
    wanted = [name for name, sentences in tested.items() for _ in sentences]
    rounds = []
    for seed in range(seeds):
        asker = Asker(as_knowledge(sample(pool, WORDINGS, seed)), encoder)
        found = Found(asker.ask(texts), wanted)
        rounds.append({"first": found.first(1), "first three": found.first(3)})
    return mean(rounds)


def measure_scope(
    encoder: Remembering, pool: Sentences, tested: Sentences, far: Sequence[str], seeds: int
) -> dict[str, float]:
    """What is answered, asked about and not known, with a third of the questions left out."""
    names = sorted(pool)[1::2]  # the scale was fitted on the others
    rounds = []
    for seed in range(seeds):
        chosen = random.Random(seed)  # noqa: S311
        out = set(chosen.sample(names, len(names) // LEFT_OUT))
        kept = {name: pool[name] for name in names if name not in out}
        asker = Asker(as_knowledge(sample(kept, WORDINGS, seed)), encoder)
        inside = [(text, name) for name in kept for text in tested[name]]
        found = Found(asker.ask([text for text, _ in inside]), [name for _, name in inside])
        near = Found(asker.ask([text for name in sorted(out) for text in tested[name]]), [])
        away = Found(asker.ask(far), [])
        at_once = found.sure >= CONFIRM_BELOW
        rounds.append(
            {
                "answered at once": 100.0 * float(at_once.mean()),
                "of these right": 100.0 * float(found.right[at_once].mean()),
                "asked about": 100.0 * float(((found.sure >= 0.3) & ~at_once).mean()),
                "near: not answered at once": 100.0 * float((near.sure < CONFIRM_BELOW).mean()),
                "near: no answer": 100.0 * float((near.sure < 0.3).mean()),
                "far: not answered at once": 100.0 * float((away.sure < CONFIRM_BELOW).mean()),
                "far: no answer": 100.0 * float((away.sure < 0.3).mean()),
                "miscalibration": miscalibration(found, near, away),
            }
        )
    return mean(rounds)


def miscalibration(inside: Found, near: Found, far: Found) -> float:
    """Expected calibration error over ten bins, percent; one question in four has no answer."""
    sure = np.concatenate([inside.sure, near.sure, far.sure])
    right = np.concatenate([inside.right, np.zeros(len(near.sure) + len(far.sure), bool)])
    weights = np.concatenate(
        [
            np.full(len(inside.sure), 0.75 / len(inside.sure)),
            np.full(len(near.sure), 0.125 / len(near.sure)),
            np.full(len(far.sure), 0.125 / len(far.sure)),
        ]
    )
    bins = np.minimum(9, (sure * 10).astype(int))
    gaps = [abs(float((weights * (sure - right))[bins == n].sum())) for n in range(10)]
    return 100.0 * sum(gaps)


def measure_shop(language: str) -> dict[str, float]:
    """What we ship, asked in other words."""
    knowledge = load_knowledge(SHOP)
    cases = read_tree(CASES.read_bytes()).plain()[language]
    asker = Asker(knowledge, Remembering(encoder_for(language)), language)
    known = [(text, name) for name, texts in cases.items() if name != "unknown" for text in texts]
    found = Found(asker.ask([text for text, _ in known]), [name for _, name in known])
    unknown = Found(asker.ask(cases["unknown"]), [])
    at_once = found.sure >= CONFIRM_BELOW
    return {
        "questions": float(len(known)),
        "first": found.first(1),
        "first three": found.first(3),
        "answered at once": 100.0 * float(at_once.mean()),
        "of these right": 100.0 * float(found.right[at_once].mean()),
        "asked about": 100.0 * float(((found.sure >= 0.3) & ~at_once).mean()),
        "unknown: no answer": 100.0 * float((unknown.sure < 0.3).mean()),
        "unknown: not answered at once": 100.0 * float((unknown.sure < CONFIRM_BELOW).mean()),
    }


def measure_time(pool: Sentences, tested: Sentences) -> dict[str, float]:
    """Reading 77 questions with 5 wordings, and finding one answer, from nothing remembered."""
    encoder: Encoder = encoder_for("en")
    encoder.encode(["warm"])
    knowledge = as_knowledge(sample(pool, WORDINGS, 0))
    library = Library({"set": knowledge})
    wordings = library.wordings("en")
    begun, cpu = time.perf_counter(), time.process_time()
    vectors = encoder.encode(wordings.texts)
    read_s = time.perf_counter() - begun
    library.put(make_index(wordings, vectors, encoder.reach))
    library.ready(Search(0, (), "en", ("set",), ""))
    built_s, built_cpu_s = time.perf_counter() - begun, time.process_time() - cpu
    texts = [text for sentences in tested.values() for text in sentences[:4]][:TIMED]
    took = []
    cpu_before = time.process_time()
    for text in texts:
        begun = time.perf_counter()
        library.search(Search(0, (text,), "en", ("set",), ""))
        took.append(1000.0 * (time.perf_counter() - begun))
    query_cpu_s = time.process_time() - cpu_before
    p50, p95 = np.percentile(took[10:], (50, 95))
    return {
        "wordings": float(len(wordings.texts)),
        "index s": built_s,
        "of that reading s": read_s,
        "index CPU s": built_cpu_s,
        "query p50 ms": float(p50),
        "query p95 ms": float(p95),
        "query CPU ms, mean": 1000.0 * query_cpu_s / len(texts),
        "load average": os.getloadavg()[0],
    }


def mean(rounds: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Of each figure."""
    return {name: float(np.mean([each[name] for each in rounds])) for name in rounds[0]}


def show(title: str, figures: Mapping[str, float]) -> dict[str, float]:
    """For people."""
    console.print(f"[bold]{title}[/]")
    for name, value in figures.items():
        console.print(f"  {value:8.1f}  {name}")
    return dict(figures)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.knowledge", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="choices of wordings")
    parser.add_argument("--no-time", action="store_true", help="only how right, not how fast")
    arguments = parser.parse_args()
    if not (DATA / "banking77").is_dir():
        sys.exit(f"no sentences to measure with: {DATA} has no banking77. Set VOXDESK_DATA.")
    pool, tested = banking()
    clinc_pool, clinc_tested, far = clinc()
    results: dict[str, Any] = {"seeds": arguments.seeds}
    if not arguments.no_time:
        results["time"] = show("time, 77 questions", measure_time(pool, tested))
    encoder = Remembering(encoder_for("en"))
    sets = (("BANKING77", pool, tested), ("CLINC150", clinc_pool, clinc_tested))
    for name, known, asked in sets:
        title = f"{name}, {WORDINGS} wordings, %"
        results[name] = show(title, measure_recall(encoder, known, asked, arguments.seeds))
        figures = measure_scope(encoder, known, asked, far, arguments.seeds)
        results[f"{name} scope"] = show(f"{name}, a third left out, %", figures)
    for language in ("en", "zh"):
        results[f"shop {language}"] = show(f"the shop's own, {language}, %", measure_shop(language))
    path = ROOT / "bench-results" / "knowledge.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(results, indent=1), encoding="utf-8")
    console.print(f"details in {path}")


if __name__ == "__main__":
    main()
