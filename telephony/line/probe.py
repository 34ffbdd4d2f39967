"""`python -m telephony.line.probe`: what the installed pjsua2 can do, as one line of JSON.

A program of its own, because pjsua2 aborts whoever uses it wrongly.
"""

import ctypes
import json
import sys
from typing import Any

import pjsua2 as pj


def main() -> None:
    """Opens no port, and sends nothing."""
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.logConfig.level = config.logConfig.consoleLevel = 0
    config.uaConfig.threadCnt = 0
    endpoint.libInit(config)
    library = ctypes.CDLL(pj._pjsua2.__file__)  # noqa: SLF001  pjsua2 doesn't wrap this one
    codecs = endpoint.codecEnum2()
    said: dict[str, Any] = {
        "version": endpoint.libVersion().full,
        "capacity": library.pjsua_call_get_max_count(),
        "codecs": [codecs[index].codecId for index in range(len(codecs))],
    }
    endpoint.libDestroy()
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main()
