"""Questions to a running Kamailio: is it there (SIP), and do this (JSON-RPC)."""

import asyncio
import contextlib
import json
import secrets
import socket
from pathlib import Path

from telephony.kamailio.config import LINES, RPC_SOCKET
from telephony.kamailio.settings import LOOPBACK, DoorSettings


class _Answer(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.came = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: object) -> None:
        del addr
        if not self.came.done():
            self.came.set_result(data.startswith(b"SIP/2.0 200"))

    def error_received(self, exc: Exception) -> None:
        del exc  # nobody listens there yet
        if not self.came.done():
            self.came.set_result(False)


async def answers(settings: DoorSettings, within_s: float) -> bool:
    """Whether it answers an OPTIONS where lines talk to it."""
    loop = asyncio.get_running_loop()
    transport, answer = await loop.create_datagram_endpoint(
        _Answer, remote_addr=(LOOPBACK, settings.inner_port)
    )
    host, port = transport.get_extra_info("sockname")
    name = secrets.token_hex(8)
    transport.sendto(
        f"OPTIONS sip:{settings.inner} SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{name};rport\r\n"
        f"Max-Forwards: 1\r\nFrom: <sip:engine@{host}:{port}>;tag={name}\r\n"
        f"To: <sip:{settings.inner}>\r\nCall-ID: {name}\r\nCSeq: 1 OPTIONS\r\n"
        "Content-Length: 0\r\n\r\n".encode()
    )
    try:
        async with asyncio.timeout(within_s):
            return bool(await answer.came)
    except TimeoutError:
        return False
    finally:
        transport.close()


async def mark_line(settings: DoorSettings, run_dir: Path, index: int, *, up: bool) -> None:
    """Tell it about a line at once; by itself it would find out with its next look."""
    state = "ap" if up else "ip"
    await command(run_dir, "dispatcher.set_state", state, LINES, settings.line_uri(index))


async def reload_certificate(run_dir: Path) -> None:
    """Let it read certificate and key again."""
    await command(run_dir, "tls.reload")


async def command(run_dir: Path, method: str, *parameters: str | int) -> None:
    """One JSON-RPC command; a door that isn't there has nothing to be told."""
    with contextlib.suppress(OSError):
        await asyncio.to_thread(_command, run_dir / RPC_SOCKET, method, parameters)


def _command(path: Path, method: str, parameters: tuple[str | int, ...]) -> None:
    request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(parameters)}
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
        link.bind("")  # Linux gives it a name that is no file
        link.settimeout(1.0)
        link.sendto(json.dumps(request).encode(), str(path))
        link.recv(65_536)
