"""Worlds and calls for the contract of legs."""

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from fixtures.leg_worlds import Call, Connect, Ear, FakeWorld, SipWorld, World, until

from telephony.legs import Leg


@pytest.fixture(scope="module", params=["fake", "sip"])
def shared_world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    world = FakeWorld() if request.param == "fake" else SipWorld(tmp_path_factory.mktemp("sip"))
    yield world
    world.close()


@pytest.fixture
def world(shared_world: World) -> Iterator[World]:
    """The shared one, left empty by each test."""
    yield shared_world
    shared_world.near.on_incoming(lambda leg: leg.reject(480))
    shared_world.far.on_incoming(lambda leg: leg.reject(480))


@pytest.fixture
def connect(world: World) -> Iterator[Connect]:
    """Makes calls, answered unless told otherwise; hangs up what is left of them."""
    legs: list[Leg] = []

    async def make(*, answer: bool = True, **dialling: Any) -> Call:
        nears: list[Ear] = []
        world.near.on_incoming(lambda leg: nears.append(Ear(world, leg)))
        far = Ear(world, world.far.dial(world.near_uri, **dialling))
        legs.append(far.leg)
        await until(world, lambda: nears)
        assert nears, "no call came in"
        legs.append(nears[0].leg)
        if answer:
            nears[0].leg.answer()
            await until(world, lambda: len(nears[0].audio) and len(far.audio))
        return Call(nears[0], far)

    yield make

    async def hang_up() -> None:
        for leg in legs:
            leg.hangup()
        await until(world, lambda: all(leg.ended for leg in legs))
        await world.wait(0.1)

    world.runner.run(hang_up())
    assert all(leg.ended for leg in legs)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """A coroutine is a test, too; it runs in its world's loop."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    pyfuncitem.funcargs["world"].runner.run(pyfuncitem.obj(**arguments))
    return True
