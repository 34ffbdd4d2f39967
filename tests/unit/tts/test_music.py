import numpy as np
import pytest

from tts.music import MUSIC_LEVEL_DBFS, RING_TONES, beep, hold_music, ringing
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm, level_dbfs

pytestmark = pytest.mark.unit


def steps(pcm: Pcm) -> np.ndarray:
    return np.abs(np.diff(pcm.astype(int)))


def test_hold_music_is_quiet_and_lasts_a_while() -> None:
    music = hold_music()

    assert len(music) >= 20 * SAMPLE_RATE_HZ
    assert level_dbfs(music) == pytest.approx(MUSIC_LEVEL_DBFS, abs=0.5)
    assert int(np.max(np.abs(music.astype(int)))) < 16_000
    seconds = [level_dbfs(s) for s in np.split(music, len(music) // SAMPLE_RATE_HZ)]
    assert min(seconds) > -35  # never a silence that sounds like a lost line


def test_hold_music_repeats_without_a_seam() -> None:
    twice = np.concatenate([hold_music(), hold_music()]).astype(int)
    seam = len(twice) // 2

    assert abs(twice[seam] - twice[seam - 1]) <= int(np.max(steps(hold_music())))
    before, after = twice[seam - 800 : seam], twice[seam : seam + 800]
    assert level_dbfs(before.astype(np.int16)) == pytest.approx(
        level_dbfs(after.astype(np.int16)), abs=12
    )


@pytest.mark.parametrize("sound", [hold_music(), beep(), *(ringing(c) for c in RING_TONES)])
def test_a_telephone_carries_it(sound: Pcm) -> None:
    power = np.abs(np.fft.rfft(sound.astype(float))) ** 2
    hz = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE_HZ)

    assert power[hz > 3400].sum() < 0.01 * power.sum()


@pytest.mark.parametrize(("country", "seconds"), [("us", 6), ("eu", 5), ("uk", 3), ("xx", 6)])
def test_ringing_has_its_countrys_cadence(country: str, seconds: int) -> None:
    ring = ringing(country)

    assert len(ring) == seconds * SAMPLE_RATE_HZ
    assert not ring[-SAMPLE_RATE_HZ:].any()
    assert ring[: SAMPLE_RATE_HZ // 5].any()


def test_the_beep_begins_and_ends_softly() -> None:
    sound = beep(0.2)

    assert len(sound) == SAMPLE_RATE_HZ // 5
    assert abs(int(sound[0])) < 50
    assert abs(int(sound[-1])) < 50


def test_nobody_can_change_what_all_calls_share() -> None:
    with pytest.raises(ValueError, match="read-only"):
        hold_music()[0] = 1
