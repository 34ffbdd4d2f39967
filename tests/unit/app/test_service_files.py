"""Files of services: every mistake is told with its place, and what would be right."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxdesk.app.outside.json_path import ABSENT, parse, value_at
from voxdesk.app.outside.reading import check_service, load_catalogue, load_services
from voxdesk.app.outside.service import catalogue_of
from voxdesk.kernel.errors import SettingsError

pytestmark = pytest.mark.unit

GOOD = """
url: https://x.example/api
lookups:
  stock: {by: {sku: text}, get: "/items/{sku}", record: {count: {at: n, type: number}}}
"""


def with_line(before: str, after: str) -> str:
    assert before in GOOD
    return GOOD.replace(before, after)


STOCK = '{by: {sku: text}, get: "/items/{sku}", record: {count: {at: n, type: number}}}'
MISTAKES = {
    "no url": (GOOD.replace("url: https://x.example/api", ""), 'no "url"', "https://api"),
    "no address": (with_line("https://x.example/api", "x.example"), "no address", "https://"),
    "another scheme": (with_line("https:", "ftp:"), "no address", "https://"),
    "a file": (with_line("https://x.example/api", "file:///etc/passwd"), "no address", ""),
    "a query in it": (with_line("/api", "/api?x=1"), "no address", "question mark"),
    "a password in it": (with_line("//x.", "//me:secret@x."), "a user name", "env: NAME"),
    "an unknown key": (GOOD + "time_out: 3\n", 'no key "time_out"', 'mean "timeout_s"'),
    "a list": ("- url\n", "must be a list of keys", "Keys: url"),
    "no YAML": ("url: {", "missing", ""),
    "too patient": (GOOD + "timeout_s: 300\n", "from 0.2 to 30", "nearest is 30"),
    "nothing in it": ("url: https://x.example\n", 'neither "lookups" nor "acts"', "Write lookups"),
    "a header that is ours": (GOOD + "headers: {Host: evil}\n", "no header that can be set", ""),
    "a header with a break": (GOOD + 'headers: {X-A: "a\\nb"}\n', "can't be sent", ""),
    "a secret from nowhere": (GOOD + "headers: {A: {before: x}}\n", '"env" or by "file"', "{env"),
    "a secret with a typo": (GOOD + "headers: {A: {evn: X}}\n", '"headers.A.evn"', 'mean "env"'),
    "a secret in clear": (
        with_line("https:", "http:") + "headers: {A: {env: X}}\n", "over http", "Write https",
    ),
    "a value that isn't given": (
        with_line("/items/{sku}", "/items/{skv}"), "uses {skv}", 'mean "sku"',
    ),
    "a value that goes nowhere": (with_line("/items/{sku}", "/items"), "is sent nowhere", "{sku}"),
    "an unknown type": (with_line("sku: text", "sku: string"), '"string"', "Values: text"),
    "no path": (with_line('get: "/items/{sku}", ', ""), "doesn't say what is sent", "Write get"),
    "two methods": (
        with_line('get: "/items/{sku}"', 'get: "/items/{sku}", post: /x'), "get and post", "",
    ),
    "a method of acts": (
        with_line('get: "/items', 'delete: "/items'), 'no key "delete"', "Keys: by, get, post",
    ),
    "a way up": (with_line("/items/", "/../items/"), "leads up", ""),
    "another host": (with_line("/items/", "//evil/items/"), "below the service's url", "query"),
    "a whole address": (with_line("/items/", "https://evil/"), "below the service's url", ""),
    "no place in the answer": (with_line("at: n", 'at: "n..x"'), "no path into", "stock.items[0]"),
    "an odd status": (
        with_line("record:", "missing: [200], record:"), '"missing" is "200"', "",
    ),
    "a field that no template reads": (with_line("{count:", "{_n:"), "no name of a field", ""),
    "a name with a dot": (with_line("  stock:", "  a.b:"), "no name of something", "lower case"),
}  # fmt: skip


@pytest.mark.parametrize("kind", MISTAKES)
def test_a_mistake_is_told_with_what_would_be_right(kind: str) -> None:
    text, wrong, right = MISTAKES[kind]

    _, problems = check_service(text.encode(), name="shop")

    told = [problem.shown("services/shop.yaml") for problem in problems]
    assert any(wrong in one and right in one for one in told), "\n".join(told)
    assert all(one.startswith("services/shop.yaml:") for one in told)


def test_what_is_declared_is_what_flows_can_name() -> None:
    text = (
        GOOD
        + "acts: {hold: {with: {sku: text}, post: /h, body: {s: '{sku}'}, refused: {409: taken}}}"
    )
    service, problems = check_service(text.encode(), name="shop")
    assert problems == ()
    assert service is not None

    catalogue = catalogue_of([service])

    assert catalogue.lookups["shop.stock"].keys == ("sku",)
    assert catalogue.lookups["shop.stock"].fields == ("count",)
    assert catalogue.acts["shop.hold"].reasons == ("taken",)


def test_an_installation_without_services_has_none(tmp_path: Path) -> None:
    assert load_services(tmp_path) == ()
    assert "order" in load_catalogue(tmp_path).lookups


def test_a_changed_file_is_read_again_and_a_wrong_one_names_itself(tmp_path: Path) -> None:
    (tmp_path / "services").mkdir()
    file = tmp_path / "services" / "shop.yaml"
    file.write_text(GOOD)
    assert "shop.stock" in load_catalogue(tmp_path).lookups
    file.write_text(GOOD.replace("stock:", "shelf:") + "\n")
    assert "shop.shelf" in load_catalogue(tmp_path).lookups
    file.write_text("url: nowhere\n")

    with pytest.raises(SettingsError, match=r"shop.yaml:1"):
        load_services(tmp_path)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a.b", 1),
        ("$.a.b", 1),
        ("list[1].x", 2),
        ("list[-1]['odd key']", 3),
        ("list[7]", ABSENT),
        ("a.b.c", ABSENT),
        ("a[0]", ABSENT),
        ("nothing", None),
    ],
)
def test_a_path_leads_to_a_value_or_nowhere(path: str, found: object) -> None:
    document = {"a": {"b": 1}, "list": [{}, {"x": 2, "odd key": 3}], "nothing": None}
    parsed = parse(path)

    assert parsed is not None
    assert value_at(document, parsed) == found


@given(st.text(max_size=40))
def test_any_text_is_a_path_or_none(text: str) -> None:
    path = parse(text)

    assert path is None or value_at({"a": [1]}, path) is not NotImplemented


@given(st.binary(max_size=300))
def test_any_file_is_read_or_told(data: bytes) -> None:
    service, problems = check_service(data, name="x")

    assert problems or service is not None
