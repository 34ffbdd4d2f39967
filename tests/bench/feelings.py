"""How well a caller's feeling is read off their words: python -m tests.bench.feelings [--misses]

The cases are in tests/bench/feeling_cases/, written before the code. Held-out ones are shown as a
share only, so that nobody writes rules for them. Sentences of ../shared/data are nearly all
neutral, and tell how often somebody is taken to be upset who isn't. VADER stands beside, where it
is installed: it knows bad, neutral and good words, so it is compared on those three.
"""

import argparse
import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from dialog.flow_tests.noise import Noise
from dialog.flow_tests.script import Says
from dialog.understanding.feeling import Feeling, feeling

CASES = Path(__file__).parent / "feeling_cases"
ANSWERS = Path(__file__).parent / "entity_cases"
DATA = Path(__file__).parents[3] / "shared" / "data"
PARTS = ("developed", "held_out")
MOST_FALSE_ANGER = 0.01
WORD_ERRORS, REPEATED = 0.25, 10
VADER_FROM = 0.05
"""Of its compound score; the threshold that its authors recommend."""
_THREE = {"calm": "neutral", "pleased": "good", "frustrated": "bad", "angry": "bad"}

Read = Callable[[str], str]


@dataclass(frozen=True)
class Case:
    language: str
    said: str
    wanted: str
    part: str


def cases() -> Iterator[Case]:
    for path in sorted(CASES.glob("*.yaml")):
        for group in YAML(typ="safe").load(path):
            for part in PARTS:
                for said in group[part]:
                    yield Case(path.stem, str(said), group["feeling"], part)


def ours(said: str) -> str:
    return str(feeling(said).feeling)


def of_three(said: str) -> str:
    return _THREE[ours(said)]


def vader() -> Read | None:
    """Bad, neutral or good by VADER; None where it isn't installed."""
    try:
        from vaderSentiment.vaderSentiment import (  # noqa: PLC0415  only a baseline
            SentimentIntensityAnalyzer,
        )
    except ImportError:
        return None
    analyzer = SentimentIntensityAnalyzer()

    def read(said: str) -> str:
        compound = analyzer.polarity_scores(said)["compound"]
        return "bad" if compound <= -VADER_FROM else "good" if compound >= VADER_FROM else "neutral"

    return read


def neutral_sentences() -> dict[str, list[str]]:
    """What people ask machines, by the set that it is from; those that are missing are left out."""
    found: dict[str, list[str]] = {}
    clinc, banking = DATA / "clinc150" / "train_val.json", DATA / "banking77" / "train.csv"
    slurp = DATA / "slurp_asr" / "slurp_devel_small.jsonl"
    if clinc.exists():
        parts = json.loads(clinc.read_text(encoding="utf-8")).values()
        found["CLINC150"] = [text for part in parts for text, _ in part]
    if banking.exists():
        with banking.open(encoding="utf-8", newline="") as file:
            found["BANKING77"] = [row["text"] for row in csv.DictReader(file)]
    if slurp.exists():
        lines = slurp.read_text(encoding="utf-8").splitlines()
        found["SLURP"] = [json.loads(line)["text"] for line in lines if line]
    answers = [
        said
        for path in sorted(ANSWERS.glob("*_zh.yaml"))
        for group in YAML(typ="safe").load(path)
        for part in PARTS
        for said in group.get(part, {})
    ]
    return {**found, "answers in Mandarin": answers}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="show developed cases that fail")
    arguments = parser.parse_args()
    every = list(cases())
    if arguments.misses:
        for case in every:
            if case.part == "developed" and ours(case.said) != case.wanted:
                print(f"  {case.said!r}: {feeling(case.said)}, not {case.wanted}")  # noqa: T201
    parts = PARTS[:1] if arguments.misses else PARTS  # held-out shares stay unseen meanwhile
    for part in parts:
        for language in ("en", "zh"):
            chosen = [case for case in every if (case.part, case.language) == (part, language)]
            _four(f"{language}, {part}", chosen)
    _three(every, parts)
    for part in parts:
        _noisy(part, [case for case in every if case.part == part])
    _neutral(shown=arguments.misses)


def _four(title: str, chosen: Sequence[Case]) -> None:
    right = Counter(case.wanted for case in chosen if ours(case.said) == case.wanted)
    count = Counter(case.wanted for case in chosen)
    calm = [case for case in chosen if case.wanted == Feeling.CALM]
    anger = sum(ours(case.said) == Feeling.ANGRY for case in calm)
    recalls = ", ".join(f"{name} {right[name]}/{count[name]}" for name in count)
    share = right.total() / len(chosen)
    print(f"{title:16} accuracy {share:.1%}; recall {recalls}; anger in calm {anger}")  # noqa: T201


def _noisy(part: str, chosen: Sequence[Case]) -> None:
    """The same, as recognizers get words wrong; errors as measured, those of Mandarin made up."""
    for language in ("en", "zh"):
        right = Counter[str]()
        calm = angry = runs = 0
        for case in chosen:
            if case.language != language:
                continue
            for run in range(REPEATED):
                noise = Noise(WORD_ERRORS, f"{case.said}/{run}")
                found = ours(noise(Says((case.said,)), language).n_best[0])
                right[case.wanted] += found == case.wanted
                runs += 1
                calm += case.wanted == Feeling.CALM
                angry += case.wanted == Feeling.CALM and found == Feeling.ANGRY
        share = right.total() / runs
        print(  # noqa: T201
            f"{language}, {part}, at {WORD_ERRORS:.0%} word errors: accuracy {share:.1%}; "
            f"anger in calm {angry}/{calm}"
        )


def _three(every: Iterable[Case], parts: Sequence[str]) -> None:
    """Bad, neutral or good: what VADER can tell, on the English cases."""
    baseline = vader()
    readers = [("this", of_three)] + ([("VADER", baseline)] if baseline else [])
    for part in parts:
        chosen = [case for case in every if (case.language, case.part) == ("en", part)]
        said = "; ".join(
            f"{name} {sum(read(c.said) == _THREE[c.wanted] for c in chosen) / len(chosen):.1%}"
            for name, read in readers
        )
        print(f"en, {part}, bad or neutral or good: {said}")  # noqa: T201
    if baseline is None:
        print("VADER isn't installed; to compare: pip install --no-deps vaderSentiment")  # noqa: T201


def _neutral(*, shown: bool) -> None:
    baseline = vader()
    for name, sentences in neutral_sentences().items():
        found = Counter(ours(said) for said in sentences)
        share = {kind: found[kind] / len(sentences) for kind in Feeling}
        verdict = "reached" if share[Feeling.ANGRY] <= MOST_FALSE_ANGER else "MISSED"
        bad = ""
        if baseline is not None:
            bad = f"; VADER bad {sum(baseline(s) == 'bad' for s in sentences) / len(sentences):.1%}"
        print(  # noqa: T201
            f"{name}: {len(sentences)} sentences, angry {share[Feeling.ANGRY]:.2%} "
            f"(at most {MOST_FALSE_ANGER:.0%}: {verdict}), "
            f"frustrated {share[Feeling.FRUSTRATED]:.2%}, pleased {share[Feeling.PLEASED]:.2%}{bad}"
        )
        for said in sentences if shown else ():
            if ours(said) in {Feeling.ANGRY, Feeling.FRUSTRATED}:
                print(f"    {ours(said)}: {said}")  # noqa: T201


if __name__ == "__main__":
    main()
