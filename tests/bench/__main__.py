"""Measures a running Voxdesk over real SIP and RTP, with real speech: `python -m tests.bench`.

It starts `voxdesk serve` of this checkout with its own state, on free ports of this machine, and
stops it again. Tables go to the terminal, details to bench-results/.
"""

import argparse
import asyncio
import contextlib
import signal

from tests.bench import curve, doors, false_barge, line_cost, networks, setup, talk
from tests.bench.stand_in import start_stand_in
from tests.bench.system import CALLS_A_LINE, NO_LIMITS, System, start_system

MODES = (
    "latency", "synth", "false-barge", "setup", "calls", "memory", "networks", "line", "curve",
    "doors",
)  # fmt: skip
OWN_SYSTEM = ("calls", "line", "curve", "doors")  # not that of the other modes
TOGETHER = 1  # calls that the other modes need room for; one line has four
LINE_ROUND_S = 10.0


def read_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "modes", nargs="*", default=[], help=f"any of: {', '.join(MODES)}; or all but doors"
    )
    parser.add_argument("--turns", type=int, default=40, help="turns a call; networks: 12 at most")
    parser.add_argument("--interruptions", type=int, default=12, help="interrupted replies a call")
    parser.add_argument("--calls", type=int, default=4, help="calls at once, for calls and memory")
    parser.add_argument("--trials", type=int, default=1, help="rounds of false-barge")
    parser.add_argument("--kinds", nargs="+", default=[], help="only these in false-barge")
    parser.add_argument("--starts", type=int, default=3, help="cold starts, for setup")
    parser.add_argument("--seconds", type=float, default=600, help="longest conversation")
    parser.add_argument("--callers", nargs="+", type=int, default=list(curve.CALLERS))
    parser.add_argument("--models", nargs="+", choices=curve.MODELS, default=list(curve.MODELS))
    parser.add_argument("--step-seconds", type=float, default=75, help="talk in a step of curve")
    parser.add_argument("--conditions", nargs="+", choices=networks.CONDITIONS, default=[])
    parser.add_argument("--resume", action="store_true", help="curve, networks: keep what is done")
    parser.add_argument("--limits", action="store_true", help="curve: turn callers away as usual")
    parser.add_argument("--rate", type=int, default=20, help="calls a second, for doors")
    parser.add_argument("--to", nargs="+", default=[], metavar="HOST:PORT", help="measure this")
    parser.add_argument("--pid", nargs="+", type=int, default=[], help="its processes")
    parser.add_argument("--stand-in", type=int, metavar="MS", help="check the meter itself")
    arguments = parser.parse_args()
    wrong = [mode for mode in arguments.modes if mode not in (*MODES, "all")]
    if wrong:
        parser.error(f"no mode {wrong[0]}; there are {', '.join(MODES)}, and all")
    if not arguments.modes or "all" in arguments.modes:
        arguments.modes = [mode for mode in MODES if mode != "doors"]
    return arguments


async def measure(system: System, mode: str, arguments: argparse.Namespace) -> None:
    """One mode."""
    conversation = {
        "turns": arguments.turns,
        "interruptions": arguments.interruptions,
        "longest_s": arguments.seconds,
    }
    match mode:
        case "latency":
            await talk.measure(system, mode, flow="cached", calls=1, **conversation)
        case "synth":
            await talk.measure(system, mode, flow="spot", calls=1, **conversation)
        case "calls":
            calls = arguments.calls
            await talk.measure(system, f"calls-{calls}", flow="cached", calls=calls, **conversation)
        case "false-barge":
            await false_barge.measure(system, trials=arguments.trials, kinds=arguments.kinds)
        case "setup":
            await setup.measure_setup(system, calls=20, starts=arguments.starts)
        case "memory":
            room = CALLS_A_LINE * len(system.addresses)
            await setup.measure_memory(system, calls=min(arguments.calls, room))
        case "networks":
            await networks.measure(
                system,
                turns=min(arguments.turns, 12),
                names=arguments.conditions,
                resume=arguments.resume,
                seconds=arguments.seconds,
            )


async def run(arguments: argparse.Namespace) -> None:
    """Every mode that was asked for; those for many calls get a system of their own size."""
    task = asyncio.current_task()
    if task is not None:  # told to stop, it still stops what it started
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    if arguments.stand_in is not None:
        system, phone = await start_stand_in(arguments.stand_in / 1000)
        async with phone:
            await measure_all(system, arguments.modes, arguments)
    elif arguments.to:
        system = System(arguments.to, arguments.pid)
        await measure_all(system, arguments.modes, arguments)
    else:
        await measure_own(arguments)


async def measure_all(system: System, modes: list[str], arguments: argparse.Namespace) -> None:
    """These modes, one after the other."""
    for mode in modes:
        await measure(system, mode, arguments)


async def measure_own(arguments: argparse.Namespace) -> None:
    """Systems that are started here, and stopped again."""
    if "doors" in arguments.modes:
        await doors.measure_doors(rate=arguments.rate, seconds=min(arguments.seconds, 60.0))
    alone = [mode for mode in arguments.modes if mode not in OWN_SYSTEM]
    together = [mode for mode in arguments.modes if mode == "calls"]
    for modes, calls in ((alone, TOGETHER), (together, arguments.calls)):
        if not modes:
            continue
        system = await start_system(calls=calls, **NO_LIMITS)
        try:
            await measure_all(system, modes, arguments)
        finally:
            await system.close()
    if "line" in arguments.modes:
        await line_cost.measure(seconds=LINE_ROUND_S)
    if "curve" in arguments.modes:
        await curve.measure(
            callers=arguments.callers,
            models=arguments.models,
            seconds=arguments.step_seconds,
            resume=arguments.resume,
            limits=arguments.limits,
        )


if __name__ == "__main__":
    with contextlib.suppress(asyncio.CancelledError, KeyboardInterrupt):
        asyncio.run(run(read_arguments()))
