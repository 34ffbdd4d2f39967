"""How long nobody answers at a line's port after kill -9: `python -m tests.bench.line_kill`.

Each time a new exchange with one line on a fixed port is started and its line is killed; then a
phone asks (OPTIONS) each 20 ms until it is answered, and calls.
"""

import argparse
import asyncio
import os
import signal
import statistics
import sys
import tempfile
import time
from pathlib import Path

from telephony.exchange import Exchange
from telephony.legs import Leg
from telephony.line.settings import LineSettings
from voxdesk.app.doctor.trunk import options, status_in
from voxdesk.testing.softphone import Softphone

ASK_EVERY_S = 0.02
GIVE_UP_S = 30.0


class Asker(asyncio.DatagramProtocol):
    """Asks a SIP port whether somebody is there."""

    def __init__(self) -> None:
        self.answered = asyncio.Event()

    def datagram_received(self, data: bytes, addr: object) -> None:
        """An answer."""
        del addr
        if status_in(data) is not None:
            self.answered.set()

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there now."""


async def until_answered(port: int) -> None:
    """Until the port answers SIP."""
    loop = asyncio.get_running_loop()
    link, asker = await loop.create_datagram_endpoint(Asker, remote_addr=("127.0.0.1", port))
    local = link.get_extra_info("sockname")
    async with asyncio.timeout(GIVE_UP_S):
        for number in range(10_000):
            link.sendto(options("127.0.0.1", (local[0], local[1]), "udp", f"{number:08x}"))
            try:
                await asyncio.wait_for(asker.answered.wait(), ASK_EVERY_S)
            except TimeoutError:
                continue
            break
    link.close()


def answer(leg: Leg) -> None:
    """Take every call."""
    leg.ring()
    leg.answer()


async def measure(folder: Path) -> tuple[float, float]:
    """Seconds from the kill to the first SIP answer, and to an answered call."""
    exchange = Exchange(
        LineSettings(bind_address="127.0.0.1", port=0, transports=("udp",)), run_dir=folder
    )
    await exchange.start()
    port = int(exchange.addresses[0].rpartition(":")[2])
    await exchange.close()
    exchange = Exchange(
        LineSettings(bind_address="127.0.0.1", port=port, transports=("udp",)), run_dir=folder
    )
    exchange.on_incoming(answer)
    await exchange.start()
    killed_s = time.monotonic()
    os.kill(exchange.lines[0].pid, signal.SIGKILL)
    await asyncio.sleep(0.01)  # else its socket may still take the first question
    await until_answered(port)
    there_s = time.monotonic() - killed_s
    async with await Softphone.open() as phone:
        call = await phone.call(f"sip:100@127.0.0.1:{port}", caller="+15550100")
        await call.answered()
        served_s = time.monotonic() - killed_s
        await call.hang_up()
    await exchange.close()
    return there_s, served_s


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    kills = parser.parse_args().kills
    there, served = [], []
    for number in range(kills):
        with tempfile.TemporaryDirectory(prefix="vdlk") as folder:
            first_s, second_s = asyncio.run(measure(Path(folder)))
        there.append(first_s)
        served.append(second_s)
        line = f"{number + 1:3d}  SIP answers after {first_s:.2f} s, a call after {second_s:.2f} s"
        sys.stdout.write(line + "\n")
    for what, times in (("SIP answers", there), ("a call is answered", served)):
        p50, worst = statistics.median(times), max(times)
        sys.stdout.write(f"{what}: p50 {p50:.2f} s, max {worst:.2f} s, n={kills}\n")


if __name__ == "__main__":
    main()
