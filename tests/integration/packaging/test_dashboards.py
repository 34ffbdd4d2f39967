"""The example alerts and the dashboard: every metric in them exists, and Prometheus takes them."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from voxdesk.app.observe.catalogue import CATALOGUE, Metric
from voxdesk.app.settings import Settings

pytestmark = pytest.mark.integration
ROOT = Path(__file__).resolve().parents[3]
PROMETHEUS = ROOT / "docker" / "prometheus"
METRICS = {metric.name: metric for metric in CATALOGUE}
NAME = re.compile(r"\bvoxdesk_[a-z_]+")
SPLIT = re.compile(r"\b(?:by|ignoring) \(([^)]*)\)")
FOREIGN_LABELS = {"le", "instance"}


def yaml(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def rules() -> Iterator[tuple[str, str]]:
    for group in yaml(PROMETHEUS / "alerts.yml")["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]


def panels() -> Iterator[tuple[str, str]]:
    dashboard = json.loads((ROOT / "docker" / "grafana" / "voxdesk.json").read_text("utf-8"))
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]


def metric_of(name: str) -> Metric | None:
    """The metric of a series, of a histogram too."""
    for suffix in ("_bucket", "_sum", "_count"):
        metric = METRICS.get(name.removesuffix(suffix)) if name.endswith(suffix) else None
        if metric is not None and metric.kind == "histogram":
            return metric
    metric = METRICS.get(name)
    return metric if metric is not None and metric.kind != "histogram" else None


@pytest.mark.parametrize(("name", "expression"), [*rules(), *panels()])
def test_what_is_asked_for_exists(name: str, expression: str) -> None:
    asked = {series: metric_of(series) for series in NAME.findall(expression)}
    assert [series for series, metric in asked.items() if metric is None] == []
    labels = FOREIGN_LABELS.union(*(metric.labels for metric in asked.values() if metric))
    for split in SPLIT.findall(expression):
        assert {label.strip() for label in split.split(",")} <= labels
    assert set(re.findall(r"[{,]\s*([a-z_]+)\s*(?:=~|!=|=)", expression)) <= labels | {"job"}


def test_every_metric_that_an_operator_must_not_miss_has_an_alert() -> None:
    alerts = " ".join(expression for _, expression in rules())
    for name in ("ready", "errors_total", "call_log_lost_total", "recordings_total", "database_up"):
        assert f"voxdesk_{name}" in alerts


def test_prometheus_is_sent_where_the_metrics_are() -> None:
    observe = Settings().observe
    [job] = yaml(PROMETHEUS / "prometheus.yml")["scrape_configs"]
    assert job["static_configs"] == [{"targets": [f"{observe.host}:{observe.port}"]}]


@pytest.fixture
def promtool() -> str:
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("promtool is not installed (Debian's package prometheus)")
    return found


def test_prometheus_takes_the_configuration_and_the_rules(promtool: str) -> None:
    done = subprocess.run(
        [promtool, "check", "config", str(PROMETHEUS / "prometheus.yml")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "SUCCESS" in done.stdout


def test_alerts_fire_when_they_should_and_only_then(promtool: str, tmp_path: Path) -> None:
    def told(name: str, minute: int, *labels: dict[str, str]) -> dict[str, Any]:
        return {
            "eval_time": f"{minute}m",
            "alertname": name,
            "exp_alerts": [{"exp_labels": one} for one in labels],
        }

    alerts = yaml(PROMETHEUS / "alerts.yml")
    for group in alerts["groups"]:
        for rule in group["rules"]:
            del rule["annotations"]  # for people; only the alerts and their labels are compared
    (tmp_path / "alerts.yml").write_text(json.dumps(alerts))  # JSON is YAML
    machine = {"instance": "here", "job": "voxdesk"}
    where = 'instance="here",job="voxdesk"'
    series = {
        f"voxdesk_ready{{{where}}}": "1x9 0x30",
        f'voxdesk_calls_refused_total{{{where},reason="event_loop"}}': "0x9 3x30",
        f'voxdesk_recordings_total{{{where},state="failed"}}': "0x9 1x30",
        f'voxdesk_line_up{{{where},line="line-1"}}': "1x40",
        f"voxdesk_database_up{{{where}}}": "1x40",
    }
    tests = {
        "rule_files": ["alerts.yml"],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": k, "values": v} for k, v in series.items()],
                "alert_rule_test": [
                    told("VoxdeskNotReady", 8),
                    told("VoxdeskNotReady", 14, {**machine, "severity": "page"}),
                    told("VoxdeskCallersTurnedAway", 8),
                    told("VoxdeskCallersTurnedAway", 12, {"severity": "ticket"}),
                    told("VoxdeskCallersTurnedAway", 20),
                    told(
                        "VoxdeskRecordingsFail",
                        12,
                        {**machine, "state": "failed", "severity": "page"},
                    ),
                    told("VoxdeskLineDown", 12),
                    told("VoxdeskDatabaseAway", 12),
                ],
            }
        ],
    }
    path = tmp_path / "tests.yml"
    path.write_text(json.dumps(tests))

    done = subprocess.run(
        [promtool, "test", "rules", str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
