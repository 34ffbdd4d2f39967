"""What simulated callers say: wordings from `wordings/` and from data sets, cut in two halves."""

import csv
import hashlib
import json
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.bench.speech import ROOT

FOLDER = Path(__file__).parent / "wordings"
OWN = "own"
LONGEST_DRAWN = 18
"""Words; who types to a chat writes longer than anybody speaks in one breath."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to say something; `source` is the data set that it comes from, or "own"."""

    text: str
    source: str = OWN


class Wordings:
    """One half of them: the one to build with, or the one that is held out."""

    def __init__(self, *, held_out: bool) -> None:
        self.held_out = held_out

    def asks(self, task: str, kind: str, language: str) -> list[Wording]:
        """How people ask for a task of some kind; a question's kind is its topic."""
        content = _content(task)
        lines = content["topics"][kind] if task == "question" else content
        drawn = content.get("drawn", []) if language == "en" else []
        half = self._half(lines[language], drawn)
        kinds = _content("kinds").get(task, {})
        others = {text for other, texts in kinds.items() if other != kind for text in texts}
        return [wording for wording in half if wording.text not in others]

    def answers(self, *path: str, language: str) -> list[Wording]:
        """How people answer; `path` as in answers.yaml."""
        content: Any = _content("answers")
        for key in path:
            content = content[key]
        return self._half(content[language], content.get("drawn", []) if language == "en" else [])

    def manner(self, persona: str, what: str, language: str) -> list[str]:
        """What a kind of person adds; nothing where that kind adds nothing."""
        lines = _content("personas").get(persona, {}).get(what, {}).get(language, [])
        return [wording.text for wording in self._half(lines, [])]

    def _half(self, lines: Sequence[str], drawn: Sequence[Mapping[str, Any]]) -> list[Wording]:
        wordings = [Wording(text) for text in lines]
        mixed = sorted(wordings, key=lambda each: _hash(each.text))  # nobody chose the halves
        own = mixed[1::2] if self.held_out else mixed[::2]
        sets = [each for choice in drawn for each in _drawn(**choice)]
        return own + [each for each in sets if _hash(each.text)[0] % 2 == self.held_out]


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


@cache
def _content(name: str) -> Mapping[str, Any]:
    content: Mapping[str, Any] = YAML(typ="safe").load(FOLDER / f"{name}.yaml")
    return content


def _drawn(
    set: str,  # noqa: A002  as in the file
    intent: str,
    only: str = "",
    without: str = "",
    longest: int = LONGEST_DRAWN,
) -> list[Wording]:
    """Lines of a data set that can be said in a call."""
    return [
        Wording(text, set)
        for text in dict.fromkeys(READERS[set](intent))
        if len(text.split()) <= longest
        and (not only or re.search(only, text, re.IGNORECASE))
        and (not without or not re.search(without, text, re.IGNORECASE))
    ]


def data_file(name: str) -> Path:
    """A file of the data folder; ends the program, loudly, where it is not."""
    path = Path(os.environ.get("VOXDESK_DATA", ROOT.parent / "shared" / "data")) / name
    if not path.is_file():
        sys.exit(f"No {path}; set VOXDESK_DATA to the folder that holds {name}.")
    return path


def _clinc150(intent: str) -> list[str]:
    content = json.loads(data_file("clinc150/train_val.json").read_text(encoding="utf-8"))
    return [text for part in ("train", "val") for text, label in content[part] if label == intent]


def _banking77(intent: str) -> list[str]:
    with data_file("banking77/train.csv").open(encoding="utf-8") as file:
        return [row["text"] for row in csv.DictReader(file) if row["category"] == intent]


def _slurp_asr(intent: str) -> list[str]:
    with data_file("slurp_asr/slurp_devel_small.jsonl").open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return [row["text"] for row in rows if row["intent"] == intent]


READERS: Mapping[str, Callable[[str], list[str]]] = {
    "clinc150": _clinc150,
    "banking77": _banking77,
    "slurp_asr": _slurp_asr,
}
