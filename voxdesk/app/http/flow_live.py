"""What calls really run: published versions, and what the engine has taken over of them."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from voxdesk.app import publishing
from voxdesk.app.control import ask, socket_path
from voxdesk.app.http.guard import Reader
from voxdesk.app.http.house import AHouse, House

router = APIRouter(tags=["flows"])


class EngineFlow(BaseModel):
    """A flow as the engine of this machine has it."""

    runs: int = Field(0, description="The version that the next call runs; 0: the file, or none.")
    trouble: str = Field("", description="Why it doesn't run the newest version; empty: it does.")


class FlowLiveOut(BaseModel):
    """How far a published version has come."""

    published: int = Field(description="The newest version; 0: it was never published.")
    engine: EngineFlow | None = Field(
        description="None: no engine runs on this machine. Engines of other machines look by "
        "themselves every few seconds."
    )


@router.get("/flows/{flow}/live")
def live(flow: str, house: AHouse, _: Reader) -> FlowLiveOut:
    """Which version is published, and which one the next call runs."""
    version = publishing.live_version(house.database, flow)
    engine = flows_of_engine(house)
    return FlowLiveOut(
        published=version.number if version else 0,
        engine=engine.get(flow, EngineFlow()) if engine is not None else None,
    )


def flows_of_engine(house: House) -> dict[str, EngineFlow] | None:
    """What the engine of this machine runs, by flow; None: there is none. Blocks."""
    status = ask(socket_path(house.settings.state_dir), {"do": "status"}, missing=None)
    flows = (status or {}).get("flows")
    if flows is None:
        return None
    return {
        name: EngineFlow(runs=found["runs"], trouble=found["trouble"])
        for name, found in flows.items()
    }


def tell_engine(house: House) -> None:
    """Have the engine of this machine look now; others look every few seconds."""
    ask(socket_path(house.settings.state_dir), {"do": "flows"}, missing=None)
