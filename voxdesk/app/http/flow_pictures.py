"""The graph of a flow as data: steps in their places, and what real calls did on the branches."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from dialog.flow import Flow
from dialog.flow_graph.layout import Size, lay_out
from dialog.flow_graph.model import Edge, FlowGraph, Traffic
from dialog.flow_graph.svg import draw
from voxdesk.app import publishing
from voxdesk.app.drafts import Draft, path_of
from voxdesk.app.flow_traffic import drawn_with_calls
from voxdesk.app.http.errors import NotThere
from voxdesk.app.http.guard import Reader
from voxdesk.app.http.house import AHouse, House, runnable
from voxdesk.kernel.errors import PublishRefused

router = APIRouter(tags=["flows"])

NODE: Final = Size(220, 92)
LABEL: Final = Size(96, 40)
"""Room for what stands at a branch."""


class StepBox(BaseModel):
    """A step in its place; `x`, `y` is its upper left corner, in pixels."""

    name: str
    kind: str = Field(description='The key it is written with; "anywhere" is no step.')
    about: str
    prompt: str
    x: float
    y: float
    width: float
    height: float
    reached: int = Field(description="Calls that came here.")
    ended: int = Field(description="Calls that ended here.")


class BranchWay(BaseModel):
    """All branches from one step to another."""

    source: str
    target: str
    labels: list[str]
    outside: bool = Field(description="No branch: reached by a command or after failed tries.")
    count: int = Field(description="How often calls went this way.")
    share: float = Field(description="Of the times that calls left the step, 0 to 1.")


class FlowPicture(BaseModel):
    """A flow to be drawn in one language, with the calls of a time."""

    flow: str
    language: str
    languages: list[str]
    start: str
    calls: int
    period: str = Field(description="The days that were counted; empty: none were.")
    steps: list[StepBox]
    ways: list[BranchWay]


@router.get("/flows/{flow}/picture")
def picture(
    flow: str,
    house: AHouse,
    _: Reader,
    source: Annotated[str, Query(max_length=20, description='"draft", "live", a number.')] = "live",
    days: Annotated[int, Query(ge=0, le=3650, description="Count calls of so many days.")] = 30,
    language: Annotated[str, Query(max_length=35)] = "",
) -> FlowPicture:
    """The steps of a flow in their places, and the shares of real calls on its branches."""
    drawn = _flow(house, flow, source)
    if language and language not in drawn.languages:
        raise NotThere(
            f"{flow} has no language {language}; it has {', '.join(drawn.languages)}.",
            case="no_language",
            flow=flow,
            language=language,
        )
    graph, traffic = drawn_with_calls(house.database, drawn, language, days, house.clock.now())
    return placed(drawn, graph, traffic)


@router.get("/flows/{flow}/graph", response_class=Response)
def graph(
    flow: str,
    house: AHouse,
    _: Reader,
    source: Annotated[
        str, Query(max_length=20, description='"draft", "live", a number.')
    ] = publishing.DRAFT,
    days: Annotated[int, Query(ge=0, le=3650, description="Count calls of so many days.")] = 30,
    language: Annotated[str, Query(max_length=35)] = "",
) -> Response:
    """A flow as a drawing (SVG), with the shares of real calls on its branches."""
    drawn = _flow(house, flow, source)
    if language and language not in drawn.languages:
        raise NotThere(f"{flow} has no language {language}; it has {', '.join(drawn.languages)}.")
    graph, traffic = drawn_with_calls(house.database, drawn, language, days, house.clock.now())
    return Response(draw(graph, traffic), media_type="image/svg+xml")


def placed(flow: Flow, graph: FlowGraph, traffic: Traffic | None) -> FlowPicture:
    """Every step in its place.

    Raises:
        FlowError: it is too large to be drawn.
    """
    number = {node.name: place for place, node in enumerate(graph.nodes)}
    labels = {(number[edge.source], number[edge.target]): LABEL for edge in graph.edges}
    layout = lay_out([NODE] * len(graph.nodes), labels, number.get(graph.start, 0))
    counted = traffic or Traffic()
    steps = [
        StepBox(
            name=node.name,
            kind=node.kind,
            about=node.about,
            prompt=node.prompt,
            x=round(spot.x - spot.width / 2, 1),
            y=round(spot.y - spot.height / 2, 1),
            width=spot.width,
            height=spot.height,
            reached=counted.reached.get(node.name, 0),
            ended=counted.ended.get(node.name, 0),
        )
        for node, spot in zip(graph.nodes, layout.nodes, strict=True)
    ]
    return FlowPicture(
        flow=flow.name,
        language=graph.language,
        languages=list(flow.languages),
        start=graph.start,
        calls=counted.calls,
        period=counted.period,
        steps=steps,
        ways=[_way(edge, counted) for edge in graph.edges],
    )


def _way(edge: Edge, traffic: Traffic) -> BranchWay:
    return BranchWay(
        source=edge.source,
        target=edge.target,
        labels=[_label(label.text, label.key) for label in edge.labels if label.text or label.key],
        outside=edge.outside,
        count=traffic.moves.get((edge.source, edge.target), 0),
        share=round(traffic.share(edge.source, edge.target), 4),
    )


def _label(text: str, key: str) -> str:
    return f"{text} ({key})" if text and key else text or key


def _flow(house: House, flow: str, source: str) -> Flow:
    """The flow of a draft or of a version.

    Raises:
        NotThere: there is none.
        FlowError: the draft has mistakes; the message is the whole report.
    """
    if source == publishing.DRAFT and not path_of(house.flows, flow).exists():
        raise NotThere(f"There is no draft of {flow}.", case="no_draft", flow=flow)
    try:
        side = publishing.side(house.database, house.flows, flow, source)
    except PublishRefused as error:
        raise NotThere(str(error)) from error
    if side is None:
        raise NotThere(
            f"{flow} was never published; look at its draft.", case="never_published", flow=flow
        )
    data = side.data if isinstance(side, Draft) else side.text.encode()
    return runnable(flow, data, house.settings)
