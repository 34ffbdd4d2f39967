"""Programs beside the engine don't outlive whoever started them."""

import os
import signal
import threading
import time
from typing import Final

LOOK_EVERY_S: Final = 1.0


def end_with_parent() -> None:
    """End as by SIGTERM when the program that started this one is gone, however it ended."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_EVERY_S)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()
