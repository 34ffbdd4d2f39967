"""Exchanges for tests against real SIP peers."""

import asyncio
import inspect
from collections.abc import Iterator

import pytest
from fixtures.door_alone import DoorAlone
from fixtures.line_house import House


def _serve(house: House) -> Iterator[House]:
    house.runner.run(house.start())
    yield house
    house.runner.run(house.exchange.close())
    house.runner.close()


@pytest.fixture(scope="module")
def shared_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from _serve(House(tmp_path_factory.mktemp("house")))


@pytest.fixture
def house(shared_house: House) -> Iterator[House]:
    """An exchange, empty at the start of each test."""
    yield shared_house
    shared_house.runner.run(shared_house.reset())


@pytest.fixture(scope="module")
def shared_impatient_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(
        tmp_path_factory.mktemp("hasty"),
        react_timeout_s=0.5,
        ring_timeout_s=1.0,
        ack_timeout_s=1.0,
        media_timeout_s=2.0,
        max_call_s=4.0,
    )
    yield from _serve(house)


@pytest.fixture
def hasty(shared_impatient_house: House) -> Iterator[House]:
    """One whose every time limit is a second or so."""
    yield shared_impatient_house
    shared_impatient_house.runner.run(shared_impatient_house.reset())


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """A coroutine is a test, too; it runs in the loop of its house, or in one of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    places = (value for value in arguments.values() if isinstance(value, House | DoorAlone))
    place = next(places, None)
    run = asyncio.run if place is None else place.runner.run
    run(pyfuncitem.obj(**arguments))
    return True
