"""Write docs/reference/metrics.md from the metrics themselves."""

from pathlib import Path

from voxdesk.app.observe.catalogue import CATALOGUE, Metric

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "metrics.md"

HEAD = """# Metrics

What `/metrics` shows, for Prometheus. [Watch it run](../how-to/observe.md) says how to use it.
Times are in seconds. No label ever holds a caller's words, number or name, and each has a bounded
set of values.

| metric | kind | split by | meaning |
|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    return HEAD + "\n".join(map(_row, CATALOGUE)) + "\n"


def _row(metric: Metric) -> str:
    labels = ", ".join(f"`{label}`" for label in metric.labels) or "—"
    return f"| `{metric.name}` | {metric.kind} | {labels} | {metric.meaning} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
