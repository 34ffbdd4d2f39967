"""Every metric is listed, explained, and really there."""

import runpy
from dataclasses import replace
from pathlib import Path

import pytest
from fixtures.told_calls import logged, whole_call
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from asr.workers import Load
from crm.calls.call_log import CallLogStatus
from telephony.line_client import LineStatus
from telephony.messages import Registration
from voxdesk.app.admission import Door
from voxdesk.app.observe.call_metrics import CallMetrics
from voxdesk.app.observe.catalogue import CATALOGUE
from voxdesk.app.observe.loop_watch import BUCKETS_S, Lag
from voxdesk.app.observe.readings import Readings, ReadingsCollector, free_bytes
from voxdesk.app.observe.snapshot import Snapshot

pytestmark = pytest.mark.unit
ROOT = Path(__file__).parents[3]
LINE = LineStatus(
    "line-1",
    ready=True,
    pid=1,
    capacity=4,
    legs=2,
    registration=Registration(registered=True, code=200),
)
SNAPSHOT = Snapshot(
    calls={"inbound": 2},
    lines=(LINE,),
    recognition=Load(2, 1, 3, 250.0),
    queue_length=1,
    call_log=CallLogStatus(5, spooling=True, lost=0, rejected=0),
    door=Door.EASING,
    full="event_loop",
    refused={"event_loop": 4},
    draining=False,
    has_trunk=True,
    unheard_messages={"support": 2},
    callbacks_waiting=3,
    callback_outcomes={"talked": 1},
)


def page(readings: Readings) -> CollectorRegistry:
    registry = CollectorRegistry()
    metrics, collector = CallMetrics(registry), ReadingsCollector()
    collector.readings = readings
    registry.register(collector)
    ProcessCollector(namespace="voxdesk", registry=registry)
    for one in logged(*whole_call()):
        metrics(one)
    return registry


def full_page() -> CollectorRegistry:
    lag = Lag()
    lag.add(0.2)
    alarms = {"asa_s": True, "service_level": False}
    return page(
        Readings(SNAPSHOT, fresh=True, lag=lag, database_up=True, disk_free_bytes=1, alarms=alarms)
    )


def test_the_page_has_the_listed_metrics_and_no_other() -> None:
    shown = {
        (f"{family.name}_total" if family.type == "counter" else family.name, family.type)
        for family in text_string_to_metric_families(generate_latest(full_page()).decode())
        if not family.name.endswith("_created")
    }

    assert shown == {(metric.name, metric.kind) for metric in CATALOGUE}
    assert len({metric.name for metric in CATALOGUE}) == len(CATALOGUE)


def test_every_metric_says_its_unit_and_what_it_is_split_by() -> None:
    text = generate_latest(full_page()).decode()
    splits: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            name = f"{family.name}_total" if family.type == "counter" else family.name
            splits.setdefault(name, set()).update(sample.labels.keys() - {"le"})
    for metric in CATALOGUE:
        assert splits[metric.name] == set(metric.labels), metric.name
        assert metric.name.startswith("voxdesk_")
        assert (metric.kind == "counter") == metric.name.endswith("_total")
        assert metric.kind != "histogram" or metric.name.endswith("_seconds")


def test_the_page_shows_what_was_read() -> None:
    registry = full_page()

    assert registry.get_sample_value("voxdesk_calls", {"direction": "inbound"}) == 2
    assert registry.get_sample_value("voxdesk_calls", {"direction": "outbound"}) == 0
    assert registry.get_sample_value("voxdesk_admission_open") == 0.5
    assert registry.get_sample_value("voxdesk_line_legs", {"line": "line-1"}) == 2
    assert registry.get_sample_value("voxdesk_recognition_recent_wait_seconds") == 0.25
    assert registry.get_sample_value("voxdesk_trunk_registered") == 1
    assert registry.get_sample_value("voxdesk_event_loop_lag_seconds_count") == 1
    for bound in BUCKETS_S:
        bucket = registry.get_sample_value(
            "voxdesk_event_loop_lag_seconds_bucket", {"le": str(bound)}
        )
        assert bucket == (bound >= 0.2)


def test_before_the_engine_is_there_the_page_has_what_is_known() -> None:
    registry = page(Readings(None, fresh=False, lag=Lag(), database_up=None, disk_free_bytes=None))

    assert registry.get_sample_value("voxdesk_ready") == 0
    assert registry.get_sample_value("voxdesk_database_up") is None


def test_a_line_that_has_just_ended_has_no_memory() -> None:
    gone = replace(SNAPSHOT, lines=(replace(LINE, pid=2**22 + 1),))
    registry = page(Readings(gone, fresh=True, lag=Lag(), database_up=True, disk_free_bytes=1))

    assert registry.get_sample_value("voxdesk_line_memory_bytes", {"line": "line-1"}) is None


def test_the_room_on_a_disk_is_known_before_the_folder_is_made(tmp_path: Path) -> None:
    assert free_bytes(tmp_path / "not" / "there" / "yet")


def test_the_reference_page_is_up_to_date() -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "metrics_reference.py"))

    text = (ROOT / "docs" / "reference" / "metrics.md").read_text(encoding="utf-8")
    assert text == script["page"](), "run: .venv/bin/python scripts/metrics_reference.py"
