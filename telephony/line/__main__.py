"""One line process: `python -m telephony.line --socket PATH --name NAME < settings.json`."""

import argparse
import os
import socket
import sys
import traceback
from typing import Final

from telephony.line.settings import LineSettings

EXIT_ERROR: Final = 1
EXIT_USAGE: Final = 2
CONNECT_WITHIN_S: Final = 5.0
# A thread that waits for the interpreter gets it after this long; the media clock waits for
# nobody longer than that.
SWITCH_INTERVAL_S: Final = 0.0005


def main() -> int:
    """Connect to the engine, then be a line until it is over."""
    parser = argparse.ArgumentParser(prog="telephony.line", description=__doc__)
    parser.add_argument("--socket", required=True, help="the engine's unix socket")
    parser.add_argument("--name", required=True, help="what the engine calls this line")
    options = parser.parse_args()
    try:
        settings = LineSettings.from_json(sys.stdin.read())
    except (ValueError, TypeError, KeyError) as error:
        sys.stderr.write(f"The line's settings on stdin can't be read: {error}\n")
        return EXIT_USAGE
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    from telephony.line.process import Line  # noqa: PLC0415  pjsua2 takes long to load

    try:
        return Line(options.name, settings, lambda: connect(options.socket)).run()
    except OSError as error:
        sys.stderr.write(f"No engine at {options.socket}: {error}\n")
        return EXIT_USAGE


def connect(path: str) -> socket.socket:
    """A connection to the engine at this socket.

    Raises:
        OSError: there is none.
    """
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(CONNECT_WITHIN_S)
    try:
        connection.connect(path)
    except OSError:
        connection.close()
        raise
    return connection


if __name__ == "__main__":
    try:
        exit_code = main()
    except Exception:  # noqa: BLE001  whatever it is, the way out is the same
        traceback.print_exc()
        exit_code = EXIT_ERROR
    sys.stderr.flush()
    # Python's own way out would destroy objects of pjsua2 after pjsua2 itself, which aborts.
    os._exit(exit_code)
