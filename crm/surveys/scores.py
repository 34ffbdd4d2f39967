"""What the answers of a survey come to, by the usual formulas. Pure.

CSAT: share of those who answered one of the two best of five (top-2-box).
NPS: share of promoters (9, 10) less that of detractors (0 to 6); Reichheld 2003.
SERVQUAL: mean of each dimension, 1 to 7; of perceptions only (SERVPERF), since nobody answers the
    expectations' questions too on the phone; Parasuraman et al. 1988, Cronin and Taylor 1992.
ACSI: the mean of its three questions on a scale of 0 to 100, equal weights; Fornell et al. 1996.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

TOP = 4
PROMOTER, DETRACTOR = 9, 6
SERVQUAL = ("reliability", "responsiveness", "assurance", "empathy", "tangibles")
ACSI = ("overall", "expectations", "ideal")
ACSI_SCALE = (1, 10)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a survey in a call; as of `crm.surveys.models.SurveyAnswer`."""

    call_id: str
    seq: int
    state: str
    question: str = ""
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """What a survey came to.

    Attributes:
        offered: calls in which it was offered.
        answered: calls with at least one answer.
        complete: calls with all of them.
        score: CSAT in per cent, NPS from -100 to 100, SERVQUAL from 1 to 7, ACSI from 0 to 100;
            None where nobody answered what it needs.
        means: of each question, in the order of the survey; own questions after those.
    """

    offered: int
    answered: int
    complete: int
    score: float | None
    means: Mapping[str, float] = field(default_factory=dict)

    @property
    def response_rate(self) -> float:
        """Share of those asked who answered, 0..1."""
        return self.answered / self.offered if self.offered else 0.0


def score(survey: str, lines: Iterable[Line]) -> Score:
    """The score of one survey; of several answers of a caller to one question the last counts."""
    calls: dict[str, set[str]] = {}
    latest: dict[tuple[str, str], Line] = {}
    for line in sorted(lines, key=lambda line: line.seq):
        calls.setdefault(line.call_id, set()).add(line.state)
        if line.state == "answered" and line.value is not None:
            latest[line.call_id, line.question] = line
    values: dict[str, list[float]] = {}
    for line in latest.values():
        values.setdefault(line.question, []).append(line.value or 0.0)
    own = _ORDER.get(survey, ())
    names = [*(name for name in own if name in values), *sorted(set(values) - set(own))]
    return Score(
        offered=len(calls),
        answered=len({call for call, _ in latest}),
        complete=sum("complete" in states for states in calls.values()),
        score=_SCORES[survey](values) if survey in _SCORES else None,
        means={name: fmean(values[name]) for name in names},
    )


def _csat(values: Mapping[str, Sequence[float]]) -> float | None:
    given = values.get("satisfaction")
    return 100 * sum(value >= TOP for value in given) / len(given) if given else None


def _nps(values: Mapping[str, Sequence[float]]) -> float | None:
    given = values.get("recommend")
    if not given:
        return None
    promoters = sum(value >= PROMOTER for value in given)
    detractors = sum(value <= DETRACTOR for value in given)
    return 100 * (promoters - detractors) / len(given)


def _servqual(values: Mapping[str, Sequence[float]]) -> float | None:
    means = [fmean(values[name]) for name in SERVQUAL if values.get(name)]
    return fmean(means) if len(means) == len(SERVQUAL) else None


def _acsi(values: Mapping[str, Sequence[float]]) -> float | None:
    means = [fmean(values[name]) for name in ACSI if values.get(name)]
    least, most = ACSI_SCALE
    return 100 * (fmean(means) - least) / (most - least) if len(means) == len(ACSI) else None


_SCORES = {"csat": _csat, "nps": _nps, "servqual": _servqual, "acsi": _acsi}
_ORDER: Mapping[str, Sequence[str]] = {
    "csat": ("satisfaction",),
    "nps": ("recommend",),
    "servqual": SERVQUAL,
    "acsi": ACSI,
}
