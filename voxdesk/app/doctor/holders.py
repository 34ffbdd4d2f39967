"""Which program has a port, as far as Linux lets us see."""

from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
LISTENING = "0A"  # state of a TCP socket in /proc/net/tcp


def inodes_of(table: str, port: int, *, listening_only: bool) -> set[str]:
    """The sockets on a local port, out of a table like /proc/net/udp. Pure."""
    found = set()
    for line in table.splitlines()[1:]:
        fields = line.split()
        if len(fields) <= 9:  # noqa: PLR2004  sl local remote state … inode is the tenth
            continue
        is_port = int(fields[1].rpartition(":")[2], 16) == port
        if is_port and (fields[3] == LISTENING or not listening_only):
            found.add(fields[9])
    return found


def holder_of(port: int, kind: str) -> str:
    """For example "kamailio (process 812)"; empty when we may not see it."""
    inodes: set[str] = set()
    for name in (kind, f"{kind}6"):
        try:
            table = (PROC / "net" / name).read_text()
        except OSError:
            continue
        inodes |= inodes_of(table, port, listening_only=kind == "tcp")
    if not inodes:
        return ""
    wanted = {f"socket:[{inode}]" for inode in inodes}
    for pid, target in _sockets():
        if target in wanted:
            return f"{_name(pid)} (process {pid})"
    return ""


def _sockets() -> Iterator[tuple[int, str]]:
    for process in PROC.iterdir():
        if not process.name.isdigit():
            continue
        try:
            for descriptor in (process / "fd").iterdir():
                yield int(process.name), str(descriptor.readlink())
        except OSError:
            continue  # not ours to see, or gone


def _name(pid: int) -> str:
    try:
        return (PROC / str(pid) / "comm").read_text().strip()
    except OSError:
        return "a program"
