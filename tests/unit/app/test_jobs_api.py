"""What staff see of the work after calls, and how they have it tried again."""

from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import insert

from crm.audit.models import AuditEntry
from crm.calls.models import Call
from crm.jobs import repository
from crm.staff import tokens
from crm.staff.models import Role
from voxdesk.app.database import prepare
from voxdesk.app.http.application import PREFIX, make_app
from voxdesk.app.http.house import House
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.clock import SystemClock

pytestmark = pytest.mark.unit


def test_what_failed_is_shown_with_its_reason_and_tried_again_by_ops(tmp_path: Path) -> None:
    settings = Settings(state_dir=tmp_path)
    prepare(settings.database_url)
    database = Database(settings.database_url)
    now = SystemClock().now()
    began = now - timedelta(hours=1)
    with database.transaction() as session:
        row = {"id": "c", "direction": "inbound", "started_at": began, "ended_at": began}
        session.execute(insert(Call).values(**row))
        repository.make_missing(session, {"words": 1}, ended_before=now, now=now)
        claimed = repository.claim(
            session, ["words"], worker="w", now=now, lease=timedelta(minutes=1)
        )
        assert claimed is not None
        repository.fail(session, claimed, "its recording is gone", now=now, hopeless=True)
    app = make_app(House(settings, database, SystemClock()))

    def client(role: Role) -> TestClient:
        with database.transaction() as session:
            _, secret = tokens.make(session, role, role, now=now)
        headers = {"Authorization": f"Bearer {secret}"}
        return TestClient(app, base_url=f"http://here{PREFIX}", headers=headers)

    supervisor, ops, agent = (client(role) for role in (Role.SUPERVISOR, Role.OPS, Role.AGENT))
    seen = supervisor.get("/jobs").json()
    assert seen["kinds"] == [
        {"kind": "words", "waiting": 0, "working": 0, "done": 0, "set_aside": 1}
    ]
    [trouble] = seen["troubles"]
    assert (trouble["call_id"], trouble["error"]) == ("c", "its recording is gone")
    assert agent.get("/jobs").status_code == 403
    assert supervisor.post("/jobs/retry", json={}).status_code == 403

    assert ops.post("/jobs/retry", json={"kind": "words"}).json() == {"count": 1}

    assert not ops.get("/jobs").json()["troubles"]
    with database.reading() as session:
        [entry] = session.query(AuditEntry).where(AuditEntry.act == "changed")
    assert (entry.who, entry.of) == ("ops", "jobs words")
    database.close()
