"""The benchmark is run as `python -m tests.bench`; its rules are tested from the same place."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
