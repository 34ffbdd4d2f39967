"""Attacks a line, and a whole system, over the loopback: `python -m tests.chaos`.

It starts what it attacks, from this checkout, on free ports of this machine, and stops it again;
or it attacks what answers at `--to HOST:PORT`, from outside only. A table goes to the terminal,
everything to bench-results/chaos.json. It exits with 1 when something did not hold.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator

from tests.chaos import dialog_attacks, rtp_attacks, sip_attacks, system_attacks
from tests.chaos.house import Elsewhere, House, Target
from tests.chaos.report import Outcome, save, show

MODES = ("nothing", "fuzz", "floods", "slots", "unserved", "rtp", "dialog", "system")
FROM_OUTSIDE = ("nothing", "fuzz", "floods", "slots", "unserved")


def read_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("modes", nargs="*", default=[], help=f"any of: {', '.join(MODES)}; or all")
    parser.add_argument("--datagrams", type=int, default=100_000, help="broken ones, for fuzz")
    parser.add_argument("--rate", type=float, default=1000.0, help="datagrams a second")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each flood")
    parser.add_argument("--seed", type=int, default=1, help="of the broken messages")
    parser.add_argument("--to", metavar="HOST:PORT", help="attack this, from outside only")
    parser.add_argument("--user", default="100", help="whom to dial there")
    parser.add_argument("--pid", nargs="+", type=int, default=[], help="its processes")
    parser.add_argument("--name", default="chaos", help="of the report in bench-results/")
    arguments = parser.parse_args()
    modes = arguments.modes if arguments.modes and "all" not in arguments.modes else list(MODES)
    if arguments.to and not arguments.modes:
        modes = list(FROM_OUTSIDE)
    wrong = [mode for mode in modes if mode not in (FROM_OUTSIDE if arguments.to else MODES)]
    if wrong:
        parser.error(f"no mode {wrong[0]} here; there are {', '.join(MODES)}, and all")
    arguments.modes = modes
    return arguments


async def from_outside(
    target: Target, mode: str, arguments: argparse.Namespace
) -> AsyncIterator[Outcome]:
    """What needs no more than an address."""
    rate, seconds = arguments.rate, arguments.seconds
    match mode:
        case "nothing":
            yield await sip_attacks.nothing(target, seconds=seconds)
        case "fuzz":
            yield await sip_attacks.fuzz(
                target, count=arguments.datagrams, rate=1.5 * rate, seed=arguments.seed
            )
        case "floods":
            for net, method in enumerate(("INVITE", "OPTIONS", "REGISTER"), 21):
                yield await sip_attacks.flood(target, method, rate=rate, seconds=seconds, net=net)
            yield await sip_attacks.flood(
                target, "INVITE", rate=rate, seconds=seconds, sources=200, net=30
            )
        case "slots":
            for outcome in await sip_attacks.abandoned(target):
                yield outcome
        case "unserved":
            for outcome in await sip_attacks.unserved(target, count=int(3 * rate), rate=rate):
                yield outcome


async def from_inside(
    house: House, mode: str, arguments: argparse.Namespace
) -> AsyncIterator[Outcome]:
    """What is measured at our end of the call."""
    match mode:
        case "fuzz":
            yield await sip_attacks.odd_methods(house)
        case "rtp":
            for host in (rtp_attacks.STRANGER, rtp_attacks.HOST):
                for silent in (False, True):
                    yield await rtp_attacks.injection(house, host=host, silent=silent)
            yield await rtp_attacks.nonsense(house)
            yield await rtp_attacks.closed_ports(house)
        case "dialog":
            yield await dialog_attacks.info_digits(house, rate=arguments.rate, seconds=5.0)
            yield await dialog_attacks.rfc4733_digits(house, rate=500.0, seconds=5.0)
            yield await dialog_attacks.reinvites(house, rate=200.0, seconds=5.0)
            yield await dialog_attacks.refers(house)


async def attack(arguments: argparse.Namespace) -> list[Outcome]:
    """Every mode that was asked for, each shown as soon as it is over."""
    outcomes: list[Outcome] = []

    async def run(attacks: AsyncIterator[Outcome]) -> None:
        async for outcome in attacks:
            outcomes.append(outcome)
            show(outcome)

    if arguments.to:
        elsewhere = Elsewhere(arguments.to, arguments.pid, arguments.user)
        for mode in arguments.modes:
            await run(from_outside(elsewhere, mode, arguments))
        return outcomes
    for mode in arguments.modes:
        if mode == "system":
            for outcome in await system_attacks.every():
                outcomes.append(outcome)
                show(outcome)
            continue
        async with House() as house:  # a new line for each: nothing is left of the last attack
            await run(from_outside(house, mode, arguments))
            await run(from_inside(house, mode, arguments))
            if said := house.said().strip():
                sys.stdout.write(f"\nThe line said:\n{said[-2000:]}\n")
    return outcomes


def main() -> int:
    """Exit code: 1 when something did not hold."""
    arguments = read_arguments()
    outcomes = asyncio.run(attack(arguments))
    path = save(outcomes, arguments.to or "a line of this checkout", arguments.name)
    failed = [outcome for outcome in outcomes if outcome.faults or outcome.slow]
    sys.stdout.write(f"\n{len(outcomes)} attacks, {len(failed)} did not hold.  {path}\n")
    for outcome in failed:
        sys.stdout.write(f"  {outcome.attack}: {'; '.join(outcome.faults + outcome.slow)}\n")
    return 1 if any(outcome.faults for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
