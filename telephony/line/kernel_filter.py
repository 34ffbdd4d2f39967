"""Packet filters that the kernel applies before a UDP socket of ours is woken up. Linux, IPv4.

Classic BPF, as socket(7) says: SO_ATTACH_FILTER needs no privilege. On a UDP socket a program sees
the UDP header at 0, and the IP header at SKF_NET_OFF. pjsip doesn't tell its sockets, so they are
found by their local address.
"""

import contextlib
import ctypes
import os
import socket
import struct
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

Address = tuple[str, int]

MAX_SOURCES: Final = 200
"""A jump of classic BPF goes 255 instructions far."""
_SO_ATTACH_FILTER: Final = 26
_SO_DETACH_FILTER: Final = 27
_LOAD_WORD, _LOAD_HALF, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x28, 0x15, 0x06
_SOURCE_ADDRESS: Final = 0xFFF00000 + 12  # SKF_NET_OFF, then the IPv4 header's
_SOURCE_PORT: Final = 0
_WHOLE: Final = 0x40000

_Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, operand


def only_from(host: str, port: int | None = None) -> bytes:
    """A program that lets in what comes from there, and nothing else. Pure.

    Raises:
        OSError: the host is no IPv4 address.
    """
    program: list[_Instruction] = [(_LOAD_WORD, 0, 0, _SOURCE_ADDRESS)]
    if port is None:
        program.append((_JUMP_IF_EQUAL, 0, 1, _number(host)))
    else:
        program += [
            (_JUMP_IF_EQUAL, 0, 3, _number(host)),
            (_LOAD_HALF, 0, 0, _SOURCE_PORT),
            (_JUMP_IF_EQUAL, 0, 1, port),
        ]
    return _packed([*program, (_RETURN, 0, 0, _WHOLE), (_RETURN, 0, 0, 0)])


def all_but(hosts: Iterable[str]) -> bytes:
    """A program that lets in everything but what comes from these, 200 at most. Pure."""
    numbers = [_number(host) for host in hosts][:MAX_SOURCES]
    program: list[_Instruction] = [(_LOAD_WORD, 0, 0, _SOURCE_ADDRESS)]
    for index, number in enumerate(numbers):
        program.append((_JUMP_IF_EQUAL, len(numbers) - index, 0, number))
    return _packed([*program, (_RETURN, 0, 0, _WHOLE), (_RETURN, 0, 0, 0)])


def attach(sock: socket.socket, program: bytes) -> None:
    """Filter what this socket gets from now on; what waits in it already stays.

    Raises:
        OSError: this system can't.
    """
    _require_linux()
    buffer = ctypes.create_string_buffer(program, len(program))
    size = len(program) // 8
    sock.setsockopt(
        socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("@HP", size, ctypes.addressof(buffer))
    )


def detach(sock: socket.socket) -> None:
    """Let everything in again."""
    _require_linux()
    with contextlib.suppress(FileNotFoundError):  # there was none
        sock.setsockopt(socket.SOL_SOCKET, _SO_DETACH_FILTER, 0)


def own_sockets(addresses: Iterable[Address]) -> dict[Address, socket.socket]:
    """The UDP sockets of this process that are bound there; close them when done."""
    wanted = set(addresses)
    found: dict[Address, socket.socket] = {}
    for sock in _udp_sockets():
        name = sock.getsockname()[:2]
        if name in wanted and name not in found:
            found[name] = sock
        else:
            sock.close()
    return found


def _udp_sockets() -> Iterator[socket.socket]:
    for path in list(Path("/proc/self/fd").iterdir()):
        try:
            if not str(path.readlink()).startswith("socket:"):
                continue
            sock = socket.socket(fileno=os.dup(int(path.name)))
        except OSError:
            continue  # it was closed meanwhile
        if sock.family == socket.AF_INET and sock.type == socket.SOCK_DGRAM:
            yield sock
        else:
            sock.close()


def _number(host: str) -> int:
    return int.from_bytes(socket.inet_aton(host), "big")


def _packed(program: list[_Instruction]) -> bytes:
    return b"".join(struct.pack("@HBBI", *instruction) for instruction in program)


def _require_linux() -> None:
    if sys.platform != "linux":
        raise OSError("packet filters on a socket are Linux's")
