"""Repeats tests with mistakes of the recognizer: which steps break first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dialog.dialogue import Dialogue
from dialog.flow_tests.noise import Noise
from dialog.flow_tests.running import Outcome, run_test
from dialog.flow_tests.script import FlowTest, Says


@dataclass(frozen=True, slots=True)
class Misheard:
    """Words, and the best hypothesis that broke a call."""

    said: str
    heard: str


@dataclass(frozen=True, slots=True)
class StepTrials:
    """How one step stood up to mistakes.

    Attributes:
        step: at which the caller said something.
        runs: how often.
        broken: how often the call went another way from there, and the test failed.
        examples: of what broke it, the most frequent first.
    """

    step: str
    runs: int
    broken: int
    examples: tuple[Misheard, ...]

    @property
    def share(self) -> float:
        """0..1."""
        return self.broken / self.runs if self.runs else 0.0


@dataclass(frozen=True, slots=True)
class Trials:
    """What came of all repetitions. `steps`: those that broke most often first."""

    runs: int
    failed: int
    steps: tuple[StepTrials, ...]


class _Recorder:
    """Hears with noise, and remembers at which line what was made of which words."""

    def __init__(self, noise: Noise) -> None:
        self._noise = noise
        self.heard: list[Misheard] = []

    def __call__(self, said: Says, language: str) -> Says:
        heard = self._noise(said, language)
        self.heard.append(Misheard(said.n_best[0], heard.n_best[0]))
        return heard


def try_with_errors(
    dialogue: Dialogue,
    tests: Sequence[FlowTest],
    *,
    word_error_rate: float,
    repeat: int,
    seed: int = 1,
    on_run: Callable[[], None] = lambda: None,
) -> Trials:
    """Run every test again and again, each time misheard in another way.

    Args:
        dialogue: of the flow.
        tests: that pass when everything is heard right.
        word_error_rate: errors for each word that is said, 0..1.
        repeat: runs of each test.
        seed: the same seed, the same mistakes.
        on_run: called after each.
    """
    runs: dict[str, int] = {}
    broken: dict[str, list[Misheard]] = {}
    failed = 0
    for test in tests:
        usual = run_test(dialogue, test)
        for number in range(repeat):
            hear = _Recorder(Noise(word_error_rate, f"{seed}/{test.name}/{number}"))
            outcome = run_test(dialogue, test, hear=hear)
            on_run()
            last = _breaks_at(usual, outcome)
            spoken = [
                step for line, step in outcome.went[: last + 1] if isinstance(line.does, Says)
            ]
            for step in spoken:
                runs[step] = runs.get(step, 0) + 1
            if outcome.failure is None or not hear.heard:
                continue
            failed += 1
            step, misheard = _to_blame(spoken, hear.heard)
            broken.setdefault(step, []).append(misheard)
    steps = [
        StepTrials(step, count, len(broken.get(step, ())), _frequent(broken.get(step, ())))
        for step, count in runs.items()
    ]
    steps.sort(key=lambda one: (-one.share, one.step))
    return Trials(len(tests) * repeat, failed, tuple(steps))


def _breaks_at(usual: Outcome, outcome: Outcome) -> int:
    """The line after which the call went another way than usual; its last line if it didn't."""
    last = len(outcome.went) - 1
    if outcome.failure is None:
        return last
    for place in range(last):
        if outcome.went[place + 1][1] != usual.went[place + 1][1]:
            return place
    return last


def _to_blame(spoken: Sequence[str], heard: Sequence[Misheard]) -> tuple[str, Misheard]:
    """The last words before the call went another way that weren't heard as they were said."""
    pairs = list(zip(spoken, heard, strict=False))
    wrong = (pair for pair in reversed(pairs) if pair[1].said != pair[1].heard)
    return next(wrong, pairs[-1])


def _frequent(examples: Sequence[Misheard]) -> tuple[Misheard, ...]:
    return tuple(sorted(set(examples), key=lambda one: (-examples.count(one), one.said, one.heard)))
