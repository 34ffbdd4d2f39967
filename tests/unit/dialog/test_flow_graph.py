from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.dialogue import Dialogue
from dialog.flow import Flow, Menu, Say
from dialog.flow_graph.layered import layered
from dialog.flow_graph.layout import Layout, Size, lay_out
from dialog.flow_graph.lettering import lines, width
from dialog.flow_graph.model import Traffic, graph_of, readable
from dialog.flow_graph.svg import draw
from dialog.flow_graph.words import word
from dialog.flow_texts import Option, Phrases, Text
from voxdesk.kernel.errors import FlowError

pytestmark = pytest.mark.unit
SVG = "{http://www.w3.org/2000/svg}"

Make = Callable[[str], Dialogue]


def drawn(flow: Flow, language: str = "", traffic: Traffic | None = None) -> ET.Element:
    return ET.fromstring(draw(graph_of(flow, language, traffic), traffic))  # noqa: S314  our own


def branches(picture: ET.Element) -> dict[tuple[str, str], ET.Element]:
    found = {}
    for group in picture.iter(f"{SVG}g"):
        if group.get("data-from") is not None:
            found[group.get("data-from", ""), group.get("data-to", "")] = group
    return found


def texts(picture: ET.Element) -> list[str]:
    return [element.text or "" for element in picture.iter(f"{SVG}text")]


def title(group: ET.Element) -> str:
    return group.findtext(f"{SVG}title") or ""


# ------------------------------------------------------------------ what is drawn


def test_every_step_and_every_branch_of_the_shop_is_in_its_drawing(counter: Dialogue) -> None:
    picture = drawn(counter.flow)

    steps = [
        group.get("data-step") for group in picture.iter(f"{SVG}g") if "data-step" in group.attrib
    ]
    assert steps == list(counter.flow.steps)
    assert set(branches(picture)) == {
        (step.name, target)
        for step in counter.flow.steps.values()
        for _, target, _ in step.targets()
    }


def test_branches_say_what_leads_along_them(counter: Dialogue) -> None:
    ways = {way: title(group) for way, group in branches(drawn(counter.flow)).items()}

    assert ways["menu", "number"] == "menu → number: “order status” [1]"
    assert ways["find", "missing"] == "find → missing: not found"
    assert ways["status", "shipped"] == 'status → shipped: order.status == "shipped"'
    assert ways["status", "odd_status"] == "status → odd_status: otherwise"
    assert ways["offer_person", "people"] == "offer_person → people: yes"
    assert ways["people", "nobody_free"] == "people → nobody_free: timed out, no agents, failed"
    assert ways["more", "menu"] == "more → menu: “yes” [8] (going back)"


def test_a_drawing_in_mandarin_has_mandarin_prompts_and_phrases(counter: Dialogue) -> None:
    said = texts(drawn(counter.flow, "zh"))

    assert "“订单状态”" in said
    assert any("没有找到" in line for line in said)
    assert not any("Harbor" in line for line in said)


def test_screen_readers_find_a_title_and_where_each_step_leads(counter: Dialogue) -> None:
    picture = drawn(counter.flow)

    assert picture.findtext(f"{SVG}title") == "Flow counter"
    assert "25 steps" in (picture.findtext(f"{SVG}desc") or "")
    assert picture.get("role") == "graphics-document document"
    find = next(group for group in picture.iter(f"{SVG}g") if group.get("data-step") == "find")
    assert "lookup (order by number)" in title(find)
    assert "goes to: status (found), missing (not found), no_answer (no answer)" in title(find)


def test_a_flow_is_drawn_the_same_way_each_time(counter: Dialogue) -> None:
    assert draw(graph_of(counter.flow)) == draw(graph_of(counter.flow))


def test_values_in_prompts_are_named_and_conditions_left_away() -> None:
    template = "Order {{ order.number | spell }}{% if late %} is late{% endif %}."

    assert readable(template) == "Order ⟨order.number⟩ is late."


@pytest.mark.parametrize(
    ("template", "read"),
    [
        ("{% if a %}Anything else?{% else %}How can I help?{% endif %}",
         "Anything else? / How can I help?"),
        ("It is {%- if a %} red{% elif b == 'x' %} blue{%- else -%} green{% endif %}.",
         "It is red / blue / green."),
        ("{% if a %}Hello.{% else %}{% endif %} Bye.", "Hello. Bye."),
    ],
)  # fmt: skip
def test_alternatives_of_a_prompt_stand_apart(template: str, read: str) -> None:
    assert readable(template) == read


def test_a_step_that_leads_to_itself_has_a_loop(flow: Make) -> None:
    looped = flow(
        "steps:\n"
        "  ask: {menu: Well?, options: {more: {phrases: [again], then: ask},"
        " done: {phrases: [done], then: bye}}}\n"
        "  bye: {end: Goodbye.}\n"
    )

    way = branches(drawn(looped.flow))["ask", "ask"]

    assert "loop" in way.get("class", "")


# ------------------------------------------------------------------ calls


SEEN = Traffic(
    calls=10,
    reached={"greet": 10, "menu": 10, "number": 6, "returns": 2},
    moves={
        ("greet", "menu"): 10,
        ("menu", "number"): 6,
        ("menu", "returns"): 2,
        ("number", "menu"): 2,
        ("number", "find"): 3,
    },
    ended={"menu": 4, "number": 1},
    period="2026-10-27 … 2026-11-26",
)


def test_shares_are_of_the_times_that_callers_left_a_step(counter: Dialogue) -> None:
    ways = branches(drawn(counter.flow, "", SEEN))

    assert title(ways["menu", "number"]).endswith("taken 6 times, 50%")
    assert title(ways["menu", "returns"]).endswith("taken 2 times, 17%")
    assert title(ways["menu", "hours"]).endswith("taken 0 times, 0%")


def test_thicker_lines_are_ways_that_more_calls_went(counter: Dialogue) -> None:
    ways = branches(drawn(counter.flow, "", SEEN))

    def thickness(way: tuple[str, str]) -> float:
        line = ways[way].find(f"{SVG}path")
        assert line is not None
        return float(line.get("stroke-width", "0"))

    assert thickness(("menu", "number")) > thickness(("menu", "returns"))
    assert thickness(("menu", "returns")) > thickness(("menu", "hours"))
    assert "unused" in ways["menu", "hours"].get("class", "")


def test_steps_say_how_many_calls_came_and_ended_there(counter: Dialogue) -> None:
    said = texts(drawn(counter.flow, "", SEEN))

    assert "10 calls · 33% ended here" in said
    assert any(line.startswith("10 calls, 2026-10-27") for line in said)


def test_a_way_that_callers_asked_for_themselves_is_drawn_apart(counter: Dialogue) -> None:
    way = branches(drawn(counter.flow, "", SEEN))["number", "menu"]

    assert "outside" in way.get("class", "")


def test_without_calls_nothing_is_said_of_shares(counter: Dialogue) -> None:
    said = texts(drawn(counter.flow, "", Traffic(period="2026-10-27 … 2026-11-26")))

    assert "no calls in these days (2026-10-27 … 2026-11-26)" in said
    assert not any("%" in line for line in said)


@given(st.integers(1, 10**6), st.integers(0, 10**6))
def test_a_little_is_never_shown_as_nothing_nor_most_as_all(all_of: int, some: int) -> None:
    some = min(some, all_of)
    traffic = Traffic(1, moves={("a", "b"): some, ("a", "c"): all_of - some})
    flow = _menu_flow("a", "b", "c", "x", "y")

    share = title(branches(drawn(flow, "", traffic))["a", "b"]).rpartition(", ")[2]

    assert (share == "0%") == (some == 0)
    assert (share == "100%") == (some == all_of)


# ------------------------------------------------------------------ hostile flows


def _menu_flow(start: str, one: str, other: str, phrase: str, prompt: str) -> Flow:
    options = tuple(
        Option(value, Phrases({"en": (phrase,)}), key="1", then=value) for value in (one, other)
    )
    menu = Menu(name=start, prompt=Text({"en": prompt}), options=options)
    ends = [Say(name=name, prompt=Text({"en": prompt})) for name in (one, other)]
    steps = {step.name: step for step in (menu, *ends)}
    return Flow(name=prompt, path="", version=phrase, steps=steps, start=start)


ANY_TEXT = st.text(max_size=60) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        "]]>",
        '" onload="alert(1)',
        "&amp;&#0;",
        "\u202eevil\u2066",
        "a\x00\x1b[31m\ud800\uffff",
        "菜单" * 40,
        "</style><image href='http://example.com/x'/>",
    ]
)


@given(st.lists(ANY_TEXT, min_size=3, max_size=3, unique=True), ANY_TEXT, ANY_TEXT)
def test_whatever_is_in_a_flow_is_only_ever_text(
    names: list[str], phrase: str, prompt: str
) -> None:
    picture = drawn(_menu_flow(*names, phrase, prompt))

    tags = {element.tag.removeprefix(SVG) for element in picture.iter()}
    assert tags <= {
        "svg", "title", "desc", "style", "rect", "g", "path", "polygon", "circle", "text",
    }  # fmt: skip
    attributes = {name for element in picture.iter() for name in element.attrib}
    assert not any(name.startswith("on") or "href" in name for name in attributes)
    assert len(branches(picture)) >= 1
    style = picture.findtext(f"{SVG}style") or ""
    assert "<" not in style
    assert "url(" not in style


def test_a_flow_beyond_all_reason_is_refused_in_a_sentence() -> None:
    names = [f"s{number}" for number in range(500)]
    steps = {
        name: Menu(
            name=name,
            options=tuple(
                Option(other, Phrases({"en": (other,)}), then=other) for other in names[::7]
            ),
        )
        for name in names
    }
    flow = Flow(name="huge", path="", version="", steps=steps, start="s0")

    with pytest.raises(FlowError, match="too many for a drawing"):
        draw(graph_of(flow))


# ------------------------------------------------------------------ layout


@st.composite
def graphs(draw_: st.DrawFn) -> tuple[int, list[tuple[int, int]]]:
    count = draw_(st.integers(1, 12))
    node = st.integers(0, count - 1)
    edges = draw_(st.lists(st.tuples(node, node), max_size=24, unique=True))
    return count, edges


def _laid(graph: tuple[int, list[tuple[int, int]]]) -> Layout:
    count, edges = graph
    sizes = [Size(60 + 13.0 * (node % 5), 30 + 7.0 * (node % 3)) for node in range(count)]
    labels = {edge: Size(10.0 + 9 * (edge[0] % 4), 12) for edge in edges}
    return lay_out(sizes, labels, start=0)


@given(graphs())
def test_no_step_and_no_label_stands_on_another(graph: tuple[int, list[tuple[int, int]]]) -> None:
    layout = _laid(graph)

    spots = [*layout.nodes, *(route.label for route in layout.routes.values())]
    for place, one in enumerate(spots):
        for other in spots[:place]:
            apart_x = abs(one.x - other.x) - (one.width + other.width) / 2
            apart_y = abs(one.y - other.y) - (one.height + other.height) / 2
            assert max(apart_x, apart_y) >= -0.01


@given(graphs())
def test_everything_is_on_the_paper(graph: tuple[int, list[tuple[int, int]]]) -> None:
    layout = _laid(graph)

    for spot in layout.nodes:
        assert spot.x - spot.width / 2 >= -0.01
        assert spot.x + spot.width / 2 <= layout.width + 0.01
        assert 0 <= spot.y <= layout.height
    for route in layout.routes.values():
        assert all(-0.01 <= x <= layout.width + 0.01 for x, _, _ in route.legs)


@given(graphs())
def test_branches_begin_and_end_at_their_steps_and_pass_through_none(
    graph: tuple[int, list[tuple[int, int]]],
) -> None:
    layout = _laid(graph)

    for (source, target), route in layout.routes.items():
        one, two = layout.nodes[source], layout.nodes[target]
        assert abs(route.legs[0][0] - one.x) <= one.width / 2
        assert abs(route.legs[-1][0] - two.x) <= two.width / 2
        assert (two.y < one.y) == route.up
        for x, start, end in route.legs[1:-1]:
            for spot in layout.nodes:
                beside = abs(x - spot.x) > spot.width / 2
                upper, lower = sorted((start, end))
                clear = upper > spot.y + spot.height / 2 or lower < spot.y - spot.height / 2
                assert beside or clear


def test_a_flow_is_drawn_in_the_order_in_which_it_is_written() -> None:
    """A step that comes later in the file and leads to an earlier one leads back."""
    graph = layered(4, [(0, 1), (1, 2), (2, 3), (3, 1), (2, 0)], start=0)

    assert graph.back == {(3, 1), (2, 0)}


# ------------------------------------------------------------------ lettering


@given(st.text(max_size=80), st.floats(20, 300), st.integers(1, 4))
def test_no_line_is_wider_than_allowed(text: str, at_most: float, count: int) -> None:
    found = lines(text, 12, at_most, count)

    assert len(found) <= count
    assert all(width(line, 12) <= at_most or len(line) <= 1 for line in found)


def test_lines_break_between_words_and_say_when_something_is_missing() -> None:
    assert lines("Is it about your order status?", 12, 110, 1)[0].endswith("…")
    assert lines("opening hours", 12, 60, 2) == ["opening", "hours"]
    assert "".join(lines("请说出或输入您的订单号", 12, 70, 5)) == "请说出或输入您的订单号"


def test_both_languages_have_every_word(counter: Dialogue) -> None:
    assert word("zh", "else") != word("en", "else")
    assert word("fr", "else") == word("en", "else")
