"""Threads that decode in order: nothing is lost, swapped, or stopped by one bad turn."""

import logging
import threading

import pytest

from asr.stream_workers import StreamWorkers

pytestmark = pytest.mark.unit


def test_work_of_a_turn_is_done_in_its_order() -> None:
    workers = StreamWorkers(3, name="order")
    turns = [workers.join() for _ in range(6)]
    done: list[tuple[int, int]] = []
    for piece in range(100):
        for number, worker in enumerate(turns):
            worker.put(lambda number=number, piece=piece: done.append((number, piece)))

    workers.close()

    for number in range(6):
        assert [piece for turn, piece in done if turn == number] == list(range(100))


def test_turns_are_spread_over_the_threads() -> None:
    workers = StreamWorkers(2, name="spread")

    first, second = workers.join(), workers.join()
    workers.leave(first)
    third = workers.join()

    assert first is not second
    assert third is first
    workers.close()


def test_a_turn_that_goes_wrong_does_not_silence_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    workers = StreamWorkers(1, name="wrong")
    worker = workers.join()
    heard = threading.Event()

    def wrong() -> None:
        raise RuntimeError("of this turn")

    with caplog.at_level(logging.ERROR):
        worker.put(wrong)
        worker.put(heard.set)
        assert heard.wait(10)
        workers.close()

    assert "of this turn" in caplog.text


def test_closing_does_what_was_asked_and_ends_the_threads() -> None:
    before = threading.active_count()
    workers = StreamWorkers(2, name="closing")
    done: list[int] = []
    for number in range(50):
        workers.join().put(lambda number=number: done.append(number))

    workers.close()

    assert sorted(done) == list(range(50))
    assert threading.active_count() == before


def test_no_thread_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one worker"):
        StreamWorkers(0, name="none")
