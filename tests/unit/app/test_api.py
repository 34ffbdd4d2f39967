"""The API as its clients see it, on a real SQLite database and a folder of flows."""

import io
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from crm.staff import tokens
from crm.staff.models import Role
from voxdesk.app.database import prepare
from voxdesk.app.http.application import PARTS, PREFIX, make_app
from voxdesk.app.http.house import House
from voxdesk.app.settings import Settings
from voxdesk.db import Database
from voxdesk.kernel.clock import SystemClock
from voxdesk.kernel.worded import filled

pytestmark = pytest.mark.unit

FLOW = """\
steps:
  hello:
    ask: yes_no
    prompt: Hello. Shall I tell you the hours?
    yes: hours
    no: bye
    give_up: bye
  hours: {say: We are here from 9 to 6., then: bye}
  bye: {end: Goodbye.}
"""
TESTS = """\
tests:
  the hours are told:
    conversation:
      - {caller: "yes", hears: from 9 to 6}
"""


KNOWLEDGE = """\
questions:
  parking:
    question: Where can I park?
    variants: [is there a car park, where do I leave my car]
    answer: There is a car park behind the shop.
"""


class Installation:
    """One with a flow, and clients of every role."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "config/flows").mkdir(parents=True)
        (folder / "config/prompts").symlink_to(Path("config/prompts").resolve())
        self.settings = Settings(config_dir=folder / "config", state_dir=folder / "var")
        (folder / "var").mkdir()
        prepare(self.settings.database_url)
        self.database = Database(self.settings.database_url)
        self.app = make_app(House(self.settings, self.database, SystemClock()))

    def client(self, role: Role = Role.OPS, name: str = "") -> TestClient:
        with self.database.transaction() as session:
            _, secret = tokens.make(session, name or role, role, now=SystemClock().now())
        return self.with_secret(secret)

    def with_secret(self, secret: str) -> TestClient:
        return TestClient(
            self.app,
            base_url=f"http://here{PREFIX}",
            headers={"Authorization": f"Bearer {secret}"},
            raise_server_exceptions=False,
        )

    def draft(self, name: str = "shop", text: str = FLOW) -> None:
        (self.folder / f"config/flows/{name}.yaml").write_text(text)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Installation]:
    installation = Installation(tmp_path)
    yield installation
    installation.database.close()


def routes() -> list[tuple[str, str]]:
    return [
        (method, PREFIX + route.path)
        for part in PARTS
        for route in part.router.routes
        if isinstance(route, APIRoute)
        for method in route.methods
    ]


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AUDITOR, Role.AGENT])
def test_only_ops_and_administrators_change_what_callers_hear(
    here: Installation, role: Role
) -> None:
    here.draft()
    client = here.client(role)
    ops = here.client()
    digest = ops.get("/flows/shop/draft").json()["hash"]
    changes = (
        ("PUT", "/flows/shop/draft", {"text": "steps: {}", "replaces": digest}),
        ("POST", "/flows/shop/publish", {"reason": "why not", "hash": digest}),
        ("POST", "/flows/shop/rollback", {"reason": "why not"}),
        ("POST", "/flows/shop/draft/take", {"version": 1, "replaces": digest}),
        ("PUT", "/knowledge/desk", {"text": KNOWLEDGE}),
    )
    for method, url, body in changes:
        answer = client.request(method, url, json=body)
        assert answer.status_code == 403
        assert role in answer.json()["message"]
    assert ops.get("/flows/shop/draft").json()["hash"] == digest
    assert ops.get("/flows/shop/versions").json() == []


def test_a_token_that_was_revoked_or_has_expired_is_worth_nothing(here: Installation) -> None:
    now = SystemClock().now()
    with here.database.transaction() as session:
        _, old = tokens.make(
            session, "old", Role.OPS, now=now - timedelta(days=2), lasts=timedelta(days=1)
        )
        _, current = tokens.make(session, "current", Role.OPS, now=now)
    assert here.with_secret(old).get("/flows").status_code == 401
    client = here.with_secret(current)
    assert client.get("/flows").status_code == 200
    with here.database.transaction() as session:
        tokens.revoke(session, "current", now=now)
    assert client.get("/flows").status_code == 401


def test_secrets_are_not_in_the_database(here: Installation) -> None:
    with here.database.transaction() as session:
        _, secret = tokens.make(session, "robot", Role.OPS, now=SystemClock().now())
    here.with_secret(secret).get("/flows")
    with here.database.reading() as session:
        kept = vars(tokens.every(session)[0])
    assert secret not in str(kept)
    assert kept["used_at"] is not None


def test_a_flow_is_edited_tried_published_and_taken_back(here: Installation) -> None:
    here.draft()
    (here.folder / "config/flows/shop.tests.yaml").write_text(TESTS)
    client = here.client(name="Olga")
    draft = client.get("/flows/shop/draft").json()
    assert draft["problems"] == []
    first = client.post("/flows/shop/publish", json={"reason": "first", "hash": draft["hash"]})
    assert (first.status_code, first.json()["number"]) == (200, 1), first.text
    assert first.json()["author"] == "Olga"
    assert first.json()["tests"] == "1 test passed"

    changed = FLOW.replace("9 to 6", "9 to 6 every day")
    later = client.put(
        "/flows/shop/draft", json={"text": changed, "replaces": draft["hash"]}
    ).json()
    listed = client.get("/flows").json()[0]
    assert (listed["live"], listed["base"], listed["is_changed"]) == (1, 1, True)
    difference = client.get("/flows/shop/diff").json()
    assert "every day" in str(difference)
    second = client.post(
        "/flows/shop/publish", json={"reason": "Sundays too", "hash": later["hash"]}
    )
    assert second.json()["number"] == 2

    back = client.post("/flows/shop/rollback", json={"reason": "no Sundays after all"})
    assert (back.json()["number"], back.json()["restores"]) == (3, 1)
    history = client.get("/flows/shop/versions").json()
    assert [version["number"] for version in history] == [3, 2, 1]
    assert client.get("/flows/shop/versions/2").json()["text"] == changed
    taken = client.post("/flows/shop/draft/take", json={"version": 3, "replaces": later["hash"]})
    assert taken.status_code == 200, taken.text
    assert client.get("/flows/shop/draft").json()["text"] == FLOW


def test_mistakes_are_told_with_their_place_and_are_not_published(here: Installation) -> None:
    here.draft(text=FLOW.replace("then: bye", "then: bey"))
    client = here.client()
    draft = client.get("/flows/shop/draft").json()
    problem = draft["problems"][0]
    assert (problem["line"], problem["hint"][:19]) == (8, 'Did you mean "bye"?')
    wording = problem["worded"]["wording"]
    assert filled(wording, problem["worded"]["values"]) == problem["text"] != wording
    refused = client.post("/flows/shop/publish", json={"reason": "x", "hash": draft["hash"]})
    assert refused.status_code == 422
    assert "bey" in refused.json()["message"]
    assert "bey" in str(refused.json()["worded"]["values"])
    checked = client.post("/flows/shop/check", json={"text": "steps: ["}).json()
    assert checked
    assert client.get("/flows/shop/graph").status_code == 422


def test_a_failing_test_keeps_a_flow_from_being_published(here: Installation) -> None:
    here.draft(text=FLOW.replace("9 to 6", "ten to four"))
    (here.folder / "config/flows/shop.tests.yaml").write_text(TESTS)
    client = here.client()
    report = client.post("/flows/shop/tests").json()
    assert [test["passed"] for test in report["tests"]] == [False]
    digest = client.get("/flows/shop/draft").json()["hash"]
    refused = client.post("/flows/shop/publish", json={"reason": "x", "hash": digest})
    assert refused.status_code == 422
    assert client.get("/flows/shop/versions").json() == []


def test_a_flow_with_a_subflow_is_edited_published_and_taken_back_with_it(
    here: Installation,
) -> None:
    main = "steps:\n  go: {subflow: ask, then: bye}\n  bye: {end: Goodbye.}\n"
    asks = "steps:\n  ask: {ask: free, prompt: Who?, then: back}\n  back: {return: }\n"
    ops = here.client()
    here.draft("ask", asks)
    wrong = ops.post("/flows/shop/check", json={"text": main.replace("ask,", "aks,")}).json()
    assert wrong[0]["hint"].startswith('Did you mean "ask"?')
    assert ops.post("/flows/shop/check", json={"text": main}).json() == []
    written = ops.put("/flows/shop/draft", json={"text": main}).json()
    assert written["text"] == main
    published = ops.post(
        "/flows/shop/publish", json={"hash": written["hash"], "reason": "First."}
    ).json()
    assert published["number"] == 1, published

    here.draft("ask", asks.replace("Who?", "Whom?"))
    changed = ops.get("/flows/shop/draft").json()
    assert changed["text"] == main
    assert changed["hash"] != written["hash"], "what it runs is another one"
    taken = ops.post("/flows/shop/draft/take", json={"version": 1, "replaces": changed["hash"]})

    assert taken.status_code == 200, taken.text
    assert ops.get("/flows/shop/draft").json()["hash"] == written["hash"]
    assert (here.folder / "config/flows/ask.yaml").read_text() == asks


def test_of_two_who_edit_or_publish_at_once_one_is_told(here: Installation) -> None:
    here.draft()
    olga, omar = here.client(name="Olga"), here.client(name="Omar")
    seen = olga.get("/flows/shop/draft").json()["hash"]
    theirs = {"text": FLOW + "# Olga's\n", "replaces": seen}
    assert olga.put("/flows/shop/draft", json=theirs).status_code == 200
    late = omar.put("/flows/shop/draft", json={"text": FLOW + "# mine\n", "replaces": seen})
    assert late.status_code == 409
    assert "changed meanwhile" in late.json()["message"]
    assert (
        omar.post("/flows/shop/publish", json={"reason": "as I saw it", "hash": seen}).status_code
        == 409
    )
    assert "Olga's" in omar.get("/flows/shop/draft").json()["text"]


def test_a_new_flow_is_written_and_listed(here: Installation) -> None:
    client = here.client()
    assert client.get("/flows").json() == []
    written = client.put("/flows/desk/draft", json={"text": FLOW})
    assert written.status_code == 200, written.text
    assert [flow["name"] for flow in client.get("/flows").json()] == ["desk"]
    assert client.put("/flows/desk/draft", json={"text": FLOW}).status_code == 409


@pytest.mark.parametrize(
    "name", ["..%2f..%2fetc%2fpasswd", "a%00b", ".hidden", "shop.tests", "%0a", "a\\b"]
)
def test_no_name_leads_out_of_the_folder(here: Installation, name: str) -> None:
    here.draft()
    client = here.client()
    before = sorted(path.name for path in here.folder.rglob("*") if path.is_file())
    for method, url in (("GET", "draft"), ("PUT", "draft"), ("GET", "graph"), ("GET", "versions")):
        answer = client.request(method, f"/flows/{name}/{url}", json={"text": FLOW})
        assert 400 <= answer.status_code < 500, (method, url, answer.text)
    assert sorted(path.name for path in here.folder.rglob("*") if path.is_file()) == before


def test_a_body_that_is_too_long_is_refused_and_the_next_request_served(
    here: Installation,
) -> None:
    here.draft()
    client = here.client()
    answer = client.put("/flows/shop/draft", json={"text": "x" * 3_000_000})
    assert answer.status_code == 413
    assert client.get("/flows/shop/draft").json()["text"] == FLOW


def test_a_talk_goes_on_from_what_the_client_keeps(here: Installation) -> None:
    here.draft()
    client = here.client(Role.SUPERVISOR)
    begun = client.post(
        "/trials", json={"flow": "shop", "beginning": {"today": "2026-11-26"}}
    ).json()
    assert [said["text"] for said in begun["said"]] == ["Hello. Shall I tell you the hours?"]
    assert begun["waits"]["what"] == "caller"
    said = client.post(
        "/trials/moves",
        json={"talk": begun["talk"], "move": {"do": "say", "texts": ["yes please"]}},
    ).json()
    assert [line["text"] for line in said["said"]] == ["We are here from 9 to 6.", "Goodbye."]
    assert said["waits"] == {"what": "over", "details": {"reason": "done"}}
    again = {"talk": said["talk"], "move": {"do": "say", "texts": ["hello?"]}}
    late = client.post("/trials/moves", json=again)
    assert (late.status_code, late.json()["code"]) == (422, "trial")


def test_a_talk_with_a_draft_that_was_changed_since_is_told(here: Installation) -> None:
    here.draft()
    client = here.client()
    begun = client.post(
        "/trials", json={"flow": "shop", "beginning": {"today": "2026-11-26"}}
    ).json()
    here.draft(text=FLOW.replace("9", "10"))
    late = client.post("/trials/moves", json={"talk": begun["talk"], "move": {"do": "silence"}})
    assert late.status_code == 422
    assert "begin a new talk" in late.json()["message"]


def test_knowledge_is_written_checked_and_asked(here: Installation) -> None:
    client = here.client()
    written = client.put("/knowledge/desk", json={"text": KNOWLEDGE})
    assert (written.status_code, written.json()["problems"]) == (200, []), written.text
    assert client.get("/knowledge").json() == [
        {
            "name": "desk",
            "languages": ["en"],
            "questions": 1,
            "wordings": 3,
            "used_by": [],
            "problems": 0,
        }
    ]
    found = client.post("/knowledge-matches", json={"question": "where do I leave my car"}).json()
    assert found[0]["question"] == "desk/parking"
    late = client.put("/knowledge/desk", json={"text": KNOWLEDGE + "# mine\n"})
    assert (late.status_code, late.json()["code"]) == (409, "publish_refused")
    wrong = client.post(
        "/knowledge/desk/check", json={"text": KNOWLEDGE.replace("answer", "anser")}
    )
    assert 'Did you mean "answer"?' in str(wrong.json())
    assert client.get("/unanswered").json() == {"groups": [], "answered_now": 0}


def test_a_replay_without_calls_says_so(here: Installation) -> None:
    here.draft()
    none = here.client().post("/flows/shop/replay", json={})
    assert none.status_code == 404
    assert "no finished calls" in none.json()["message"]


def test_a_drawing_is_an_svg_with_every_step(here: Installation) -> None:
    here.draft()
    drawn = here.client().get("/flows/shop/graph")
    assert drawn.headers["content-type"] == "image/svg+xml"
    for step in ("hello", "hours", "bye"):
        assert step in drawn.text


def test_the_document_names_every_endpoint(here: Installation) -> None:
    document = here.client().get("/openapi.json").json()
    described = {
        (method.upper(), path) for path, ways in document["paths"].items() for method in ways
    }
    assert described == set(routes())


@hypothesis_settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["flow", "text", "talk", "move", "beginning", "reason", "hash", "do"]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=12,
    )
)
def test_nonsense_is_answered_never_with_a_failure_of_ours(
    here: Installation, body: object
) -> None:
    if not (here.folder / "config/flows/shop.yaml").exists():
        here.draft()
        here.app.state.nonsense = here.client()
    client: TestClient = here.app.state.nonsense
    for method, path in routes():
        if method == "GET":
            continue
        url = path.removeprefix(PREFIX).replace("{flow}", "shop").replace("{name}", "kb")
        answer = client.request(method, url, json=body)
        assert answer.status_code < 500, (method, path, answer.text)


def test_the_commands_make_list_and_revoke_tokens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from voxdesk.app.cli import app  # noqa: PLC0415
    from voxdesk.kernel.errors import AccessRefused  # noqa: PLC0415

    monkeypatch.setenv("VOXDESK_STATE_DIR", str(tmp_path))

    def run(*words: str) -> str:
        out = io.StringIO()
        with redirect_stdout(out), redirect_stderr(out):
            app(["tokens", *words], standalone_mode=False)
        return out.getvalue()

    secret = run("create", "robot", "--role", "auditor").splitlines()[0]
    assert secret.startswith("vxd_")
    assert "robot" in run("list")
    assert secret not in run("list")
    with pytest.raises(AccessRefused, match="Revoke it first"):
        run("create", "robot")
    run("revoke", "robot")
    assert "revoked" in run("list")
    with pytest.raises(AccessRefused):
        run("revoke", "robot")


def test_a_flow_is_given_as_a_picture_with_every_step_in_its_place(here: Installation) -> None:
    here.draft()
    client = here.client(Role.SUPERVISOR)

    never = client.get("/flows/shop/picture")
    drawn = client.get("/flows/shop/picture", params={"source": "draft", "days": 0}).json()

    assert never.status_code == 404
    assert "draft" in never.json()["message"]
    assert [step["name"] for step in drawn["steps"]] == ["hello", "hours", "bye"]
    corners = {(step["x"], step["y"]) for step in drawn["steps"]}
    assert len(corners) == 3
    ways = {(way["source"], way["target"]): way for way in drawn["ways"]}
    assert ways.keys() == {("hello", "hours"), ("hello", "bye"), ("hours", "bye")}
    assert ways["hello", "hours"]["labels"] == ["yes"]
    assert client.get("/flows/nothing/picture", params={"source": "draft"}).status_code == 404
    assert client.get("/flows/shop/picture", params={"source": "99"}).status_code == 404
