import itertools

import pytest

from voxdesk.testing.bad_network import PERFECT, Impairments, Underway, Way

pytestmark = pytest.mark.unit
PACKETS = 20_000


def delivered(bad: Impairments, packets: int = PACKETS) -> list[tuple[float, ...]]:
    way = Way(bad)
    return [way.deliver(index * 0.02) for index in range(packets)]


def lengths_of_losses(out: list[tuple[float, ...]]) -> list[int]:
    runs = itertools.groupby(out, key=lambda moments: not moments)
    return [len(list(run)) for lost, run in runs if lost]


@pytest.mark.parametrize("share", [0.01, 0.05, 0.1])
@pytest.mark.parametrize("burst", [1.0, 4.0])
def test_as_much_is_lost_as_ordered_and_in_runs_as_long(share: float, burst: float) -> None:
    out = delivered(Impairments(loss_share=share, burst_packets=burst))
    runs = lengths_of_losses(out)

    assert sum(runs) / PACKETS == pytest.approx(share, rel=0.25)
    assert sum(runs) / len(runs) == pytest.approx(max(burst, 1 / (1 - share)), rel=0.2)


def test_jitter_delays_and_lets_nobody_pass() -> None:
    out = [moments[0] for moments in delivered(Impairments(jitter_ms=60))]
    delays = [moment - index * 0.02 for index, moment in enumerate(out)]

    assert out == sorted(out)
    assert max(delays) == pytest.approx(0.06, abs=0.002)
    assert min(delays) < 0.02


def test_reordering_and_duplicates() -> None:
    swapped = [moments[0] for moments in delivered(Impairments(reorder_share=0.05))]
    twice = delivered(Impairments(duplicate_share=0.05))

    overtaken = sum(a > b for a, b in itertools.pairwise(swapped))
    assert overtaken / PACKETS == pytest.approx(0.05, rel=0.2)
    assert sum(len(moments) == 2 for moments in twice) / PACKETS == pytest.approx(0.05, rel=0.2)


def test_an_outage_swallows_everything_and_then_ends() -> None:
    out = delivered(Impairments(outage_after_s=1.0, outage_s=3.0), packets=300)

    assert lengths_of_losses(out) == [150]
    assert out[49]
    assert not out[50]


def test_the_same_dice_give_the_same_network_and_each_direction_has_its_own() -> None:
    bad = Impairments(loss_share=0.1, jitter_ms=20)
    here, again, back = Way(bad, seed=1), Way(bad, seed=1), Way(bad, seed=2)
    moments = [index * 0.02 for index in range(500)]

    first = [here.deliver(at) for at in moments]

    assert first == [again.deliver(at) for at in moments]
    assert first != [back.deliver(at) for at in moments]


def test_packets_come_out_when_they_are_due() -> None:
    way = Underway(Way(Impairments(reorder_share=1.0, reorder_ms=50)))
    way.put(b"a", 1.0)

    assert way.take(1.04) == []
    assert way.next_s == pytest.approx(1.05)
    assert way.take(1.06) == [(pytest.approx(1.05), b"a")]


def test_a_perfect_network_is_known_as_one() -> None:
    assert PERFECT.is_perfect
    assert Impairments(outage_s=3.0).is_perfect  # it never begins
    assert not Impairments(duplicate_share=0.1).is_perfect
