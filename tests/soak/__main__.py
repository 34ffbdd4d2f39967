"""Hours of calls of every kind, and what is left of them: `python -m tests.soak --minutes 60`.

Or `--short-calls 1000`: so many short real calls in a row. Starts `voxdesk serve` of this checkout
with its own state, on free ports of this machine, and stops it again. The report goes to the
terminal, to bench-results/soak.json and soak.md (short-calls.json, short-calls.md); it is brought
up to date every few minutes, so that a run that is stopped has one too.
"""

import argparse
import asyncio
import contextlib
import random
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence

from telephony.queue.state import AgentId, AgentStatus, SignedIn
from telephony.queue.store import AgentProfile, QueueStore
from tests.bench.figures import console
from tests.bench.machine import cpu_s, process_tree, settle
from tests.bench.records import Record, Records
from tests.bench.speech import load_utterances
from tests.bench.system import CALLS_A_LINE, FLOWS, NO_LIMITS, ROOT, System, start_system
from tests.soak import growth
from tests.soak.account import Account, account
from tests.soak.report import Outcome, write
from tests.soak.traffic import MIXED, Traffic, person
from voxdesk.kernel.clock import SystemClock
from voxdesk.kernel.errors import DatabaseError
from voxdesk.testing.softphone import CallFailed, Softphone

E2E_FLOWS = ROOT / "tests" / "e2e" / "flows"
OUTBOUND_LEGS = 1
AGENTS = ("anna", "bert")
FREE = (AgentStatus.AVAILABLE, AgentStatus.AWAY)
WARM_UP_CALLS = 60
REPORT_EVERY_S = 120.0
SETTINGS = NO_LIMITS | {
    "VOXDESK_SIP__OUTBOUND_LEGS": str(OUTBOUND_LEGS),
    "VOXDESK_RECOGNITION__WHISPER_MODEL": "tiny.en",
    "VOXDESK_QUEUE__WRAP_UP_S": "0",
    "VOXDESK_QUEUE__RING_S": "4",
    "VOXDESK_QUEUE__NO_AGENTS_WAIT_S": "2",
}
_COMPLAINT = re.compile(r"^\S+ \S+ (?:ERROR|CRITICAL) +(.*)$|^(Traceback.*)$", re.MULTILINE)
_NUMBERS = re.compile(r"[0-9a-f]*\d[0-9a-f]*")


def read_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="how long calls are placed")
    parser.add_argument("--short-calls", type=int, default=0, help="so many, instead of a mixture")
    parser.add_argument("--lines", type=int, default=2, help="line processes, four calls each")
    parser.add_argument("--callers", type=int, default=0, help="at a time; 0: all that fit, less 1")
    parser.add_argument("--seed", type=int, default=1, help="of the dice")
    arguments = parser.parse_args()
    room = arguments.lines * (CALLS_A_LINE - OUTBOUND_LEGS)
    arguments.callers = arguments.callers or max(1, room - 1)
    return arguments


@contextlib.asynccontextmanager
async def running(lines: int) -> AsyncIterator[tuple[System, Records]]:
    """A system with so many lines, and its records."""
    system = await start_system(calls=lines * CALLS_A_LINE, flows=(FLOWS, E2E_FLOWS), **SETTINGS)
    try:
        assert system.state_dir is not None
        await settle(system.pids)
        records = Records(system.state_dir)
        try:
            yield system, records
        finally:
            records.close()
    finally:
        await system.close()


class Soak:
    """One run, and all that is looked at meanwhile."""

    def __init__(self, system: System, records: Records, arguments: argparse.Namespace) -> None:
        self.system = system
        self.records = records
        self.arguments = arguments
        self.found: list[Record] = []
        self.before: dict[str, float] = {}
        self.cpu_before_s = 0.0
        self.began_s = time.monotonic()
        self.slots = (0, 0)
        self.warm_calls = 0

    async def run(self) -> Outcome:
        """Warm up, look, place calls, look again."""
        arguments = self.arguments
        dice = random.Random(arguments.seed)  # noqa: S311  a plan, not a secret
        async with (
            await Softphone.open(user="caller", keep_pcm=False) as phone,
            await Softphone.open(user="desk", keep_pcm=False, on_invite=person(dice)) as people,
        ):
            self.sign_in(people)
            said = load_utterances(longest_s=4.0)
            traffic = Traffic(self.system, phone, people, said)
            console.print(f"soak: warming up with {WARM_UP_CALLS} calls …")
            await traffic.short_calls(
                WARM_UP_CALLS, callers=arguments.callers, seed=0, tell=lambda _: None
            )
            if not arguments.short_calls:  # everything once that is loaded at its first use
                for kind in dict.fromkeys(MIXED):
                    await traffic.place(kind, dice)
            await self._rest()
            self.before = growth.total(growth.look(self.system.pids))
            self.cpu_before_s = cpu_s(process_tree(self.system.pids))
            self.warm_calls = len(traffic.placed)
            self.began_s = time.monotonic()
            every_s = min(10.0, max(1.0, arguments.minutes * 60 / 200))
            keeper = asyncio.create_task(self._keep_signed_in(people))
            async with growth.Watch(self.system.pids, every_s=every_s) as watch:
                await self._traffic(traffic, watch)
            keeper.cancel()
            lasted_s = time.monotonic() - self.began_s
            await self._rest()
            self.slots = await self._count_slots(phone)
            await self._rest()
            outcome = self._outcome(traffic, watch, lasted_s, final=True)
        write(self.name, outcome)
        return outcome

    @property
    def name(self) -> str:
        """Of the report."""
        return "short-calls" if self.arguments.short_calls else "soak"

    def sign_in(self, people: Softphone) -> None:
        """Two agents who share a phone; those who missed a call and are away since, again."""
        store, now = QueueStore(self.records.database), SystemClock().now()
        for name in AGENTS:
            host, port = people.address
            store.put_agent(
                AgentProfile(AgentId(name), name.title(), f"sip:{name}@{host}:{port}"), now
            )
            store.run([SignedIn(AgentId(name))], now)

    async def _keep_signed_in(self, people: Softphone) -> None:
        while True:
            await asyncio.sleep(3.0)
            with contextlib.suppress(DatabaseError):
                await asyncio.to_thread(self.sign_in, people)

    async def _traffic(self, traffic: Traffic, watch: growth.Watch) -> None:
        arguments = self.arguments
        reporter = asyncio.create_task(self._report_now_and_then(traffic, watch))
        try:
            if arguments.short_calls:
                await traffic.short_calls(
                    arguments.short_calls,
                    callers=arguments.callers,
                    seed=arguments.seed,
                    tell=lambda done: (
                        console.print(f"  {done} calls placed") if done % 100 == 0 else None
                    ),
                )
            else:
                await traffic.flow_of_calls(
                    callers=arguments.callers,
                    until_s=self.began_s + arguments.minutes * 60,
                    seed=arguments.seed,
                    kinds=MIXED,
                )
        finally:
            reporter.cancel()

    async def _report_now_and_then(self, traffic: Traffic, watch: growth.Watch) -> None:
        while True:
            await asyncio.sleep(REPORT_EVERY_S)
            lasted_s = time.monotonic() - self.began_s
            console.print(
                f"  {lasted_s / 60:.0f} min, {len(traffic.placed)} calls, "
                f"{growth.total(growth.look(self.system.pids))}",
                highlight=False,
            )
            outcome = self._outcome(traffic, watch, lasted_s, final=False)
            write(self.name, outcome)

    async def _rest(self) -> None:
        """Until nothing is left of any call."""
        await self.system.at_rest()
        await settle(self.system.pids, at_most_s=30.0)

    async def _count_slots(self, phone: Softphone) -> tuple[int, int]:
        """How many callers are taken at once, all together, and how many should be."""
        wanted = self.arguments.lines * (CALLS_A_LINE - OUTBOUND_LEGS)
        calls = [
            await phone.call(self.system.uri("cached", number), caller="slot")
            for number in range(wanted)
        ]
        taken = 0
        for call in calls:
            with contextlib.suppress(CallFailed):
                await call.answered(10.0)
                taken += 1
        for call in calls:
            await call.hang_up()
        return taken, wanted

    def _left_over(self) -> dict[str, int]:
        status = self.system.status()
        state = QueueStore(self.records.database).state()
        lines = status.get("lines", [])
        return {
            "sessions": int(status.get("calls", 0)),
            "legs": sum(int(line["legs"]) for line in lines),
            "queue_rows": len(state.callers),
            "busy_agents": sum(
                a.status is not AgentStatus.AVAILABLE for a in state.agents.values()
            ),
            "line_restarts": sum(int(line["restarts"]) for line in lines),
            "slots_lost": self.slots[1] - self.slots[0],
        }

    def _outcome(
        self, traffic: Traffic, watch: growth.Watch, lasted_s: float, *, final: bool
    ) -> Outcome:
        over = [call for call in traffic.placed if call.ended_s or call.status or final]
        accounts: Account | None = None
        if final:
            self.found += self.records.new()
            accounts = account(over, self.found)
        now = growth.total(growth.look(self.system.pids))
        cpu = 100 * (cpu_s(process_tree(self.system.pids)) - self.cpu_before_s) / max(1.0, lasted_s)
        return Outcome(
            final=final,
            minutes=round(lasted_s / 60, 1),
            lines=self.arguments.lines,
            callers=self.arguments.callers,
            kinds=dict(traffic.counts),
            calls_a_minute=round(
                60 * (len(traffic.placed) - self.warm_calls) / max(1.0, lasted_s), 1
            ),
            cpu_percent=round(cpu),
            unanswered_turns=traffic.unanswered,
            account=accounts,
            left_over=self._left_over() if final else {},
            at_rest_before=self.before,
            at_rest_after=now if final else {},
            more_percent=growth.percent_more(self.before, now) if final else {},
            growth_per_hour=growth.growth(watch.samples),
            complaints=complaints(self.system),
        )


def complaints(system: System) -> dict[str, int]:
    """What the program's own log has of errors, without numbers, and how often."""
    if system.state_dir is None:
        return {}
    text = (system.state_dir / "serve.log").read_text(errors="replace")
    found = Counter(_NUMBERS.sub("#", a or b)[:160] for a, b in _COMPLAINT.findall(text))
    return dict(found.most_common(20))


async def run(arguments: argparse.Namespace) -> int:
    """0 when every call is accounted for and nothing is left."""
    task = asyncio.current_task()
    if task is not None:  # told to stop, it still stops what it started
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with running(arguments.lines) as (system, records):
        outcome = await Soak(system, records, arguments).run()
    return 0 if outcome.is_clean else 1


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    del arguments
    try:
        return asyncio.run(run(read_arguments()))
    except (asyncio.CancelledError, KeyboardInterrupt):
        return 130


if __name__ == "__main__":
    sys.exit(main())
