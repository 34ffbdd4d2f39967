"""A small local socket on which the running engine answers the command line.

One JSON object a line in, one out. Only who may write the state directory can reach it.
"""

import asyncio
import json
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voxdesk import __version__
from voxdesk.kernel.call import CallId
from voxdesk.kernel.errors import SettingsError, TelephonyError, VoxdeskError

if TYPE_CHECKING:  # commands only ask; loading the engine would take them a second
    from voxdesk.app.engine import Engine
    from voxdesk.app.successor import Successor

MAX_SOCKET_PATH = 104  # a unix socket's path has 108 bytes; some systems have fewer
MAX_LINE = 64 * 1024
TIMEOUT_S = 5.0


def socket_path(state_dir: Path) -> Path:
    """Where it is."""
    return state_dir / "run" / "engine.sock"


class ControlServer:
    """The engine's side."""

    def __init__(self, engine: "Engine", path: Path, successor: "Successor | None" = None) -> None:
        self._engine = engine
        self._successor = successor
        self._path = path
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen; a socket left by a dead engine is replaced.

        Raises:
            TelephonyError: an engine runs already in this state directory.
            SettingsError: the state directory can't be used.
        """
        state_dir = self._path.parent.parent
        if len(os.fsencode(self._path)) > MAX_SOCKET_PATH:
            raise SettingsError(
                f"state_dir {state_dir} is too long for the unix sockets in it; they may have "
                f"{MAX_SOCKET_PATH} bytes. Set a shorter state_dir."
            )
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise SettingsError(
                f"state_dir {state_dir} can't be used: {error.strerror}: {error.filename}. Set "
                "another state_dir, or make it a directory that may be written to."
            ) from error
        if self._path.exists():
            if ask(self._path, {"do": "status"}, missing=None) is not None:
                raise TelephonyError(
                    f"an engine is running already with the state directory "
                    f"{state_dir}. Stop it, or set another `state_dir`."
                )
            self._path.unlink()
        self._server = await asyncio.start_unix_server(self._serve, self._path, limit=MAX_LINE)
        os.chmod(self._path, 0o600)  # noqa: PTH101  the socket, not what it may link to

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
            self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await asyncio.wait_for(reader.readline(), TIMEOUT_S)
            answer = self._answer(json.loads(line))
        except ConnectionError:
            writer.close()  # it has gone again
            return
        except (ValueError, TimeoutError, KeyError, TypeError, RecursionError) as error:
            answer = {"error": f"not a request: {type(error).__name__}"}
        except VoxdeskError as error:
            answer = {"error": str(error)}
        try:
            writer.write(json.dumps(answer).encode() + b"\n")
            await asyncio.wait_for(writer.drain(), TIMEOUT_S)
        except (OSError, TimeoutError):
            pass  # whoever asked has gone
        finally:
            writer.close()

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:  # noqa: PLR0911  one a request
        match request["do"]:
            case "status":
                flows = self._engine.flows
                return {
                    "version": __version__,
                    "calls": len(self._engine.sessions),
                    "draining": self._engine.draining,
                    "troubles": self._engine.troubles,
                    "callbacks": self._engine.callbacks_waiting,
                    "unheard_messages": dict(self._engine.unheard_messages),
                    "addresses": list(self._engine.addresses),
                    "lines": [
                        {
                            "name": line.name,
                            "pid": line.pid,
                            "legs": line.legs,
                            "capacity": line.capacity,
                            "restarts": line.restarts,
                        }
                        for line in self._engine.exchange.lines
                    ],
                    "flows": {
                        name: {
                            "runs": flows.number(name),
                            "newest": newest,
                            "trouble": flows.troubles.get(name, ""),
                        }
                        for name, newest in flows.looked_at.items()
                    },
                }
            case "flows":
                self._engine.look_at_flows()
                return {}
            case "dial":
                call = self._engine.place_call(str(request["uri"]), flow=str(request["flow"]))
                return {"call": call}
            case "end":
                session = self._engine.sessions.get(CallId(str(request["call"])))
                if session is None:
                    return {"error": "there is no such call here", "code": "not_there"}
                session.end_by_staff()
                return {}
            case "restart" if self._successor is not None:
                self._successor.ask_for()
                return {"calls": len(self._engine.sessions)}
            case _:
                return {"error": "unknown request"}


def ask(
    path: Path, request: dict[str, Any], *, missing: dict[str, Any] | None
) -> dict[str, Any] | None:
    """Ask the engine; `missing` is the answer when none runs. Blocks for 5 s at most."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(TIMEOUT_S)
            connection.connect(str(path))
            connection.sendall(json.dumps(request).encode() + b"\n")
            with connection.makefile("rb") as answer:
                return dict(json.loads(answer.readline(MAX_LINE)))
    except (OSError, ValueError):
        return missing
