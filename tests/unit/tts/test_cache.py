import os
import resource
import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.cache import PromptCache, PromptKey
from voxdesk.kernel.audio import SAMPLE_RATE_HZ, Pcm

pytestmark = pytest.mark.unit

KEY = PromptKey("piper:joe:1", "en", "Hello there.")


def tone(samples: int = 8000, value: int = 1000) -> Pcm:
    return np.full(samples, value, np.int16)


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_prompt_survives_a_restart_and_any_player_plays_it(tmp_path: Path) -> None:
    PromptCache(tmp_path).put(KEY, tone())

    again = PromptCache(tmp_path).get(KEY)

    assert again is not None
    assert np.array_equal(again, tone())
    (file,) = files(tmp_path)
    with wave.open(str(file)) as played:
        assert (played.getframerate(), played.getnchannels()) == (SAMPLE_RATE_HZ, 1)
        assert played.getnframes() == 8000


@given(
    st.tuples(st.text(), st.text(), st.text()),
    st.tuples(st.text(), st.text(), st.text()),
)
def test_only_the_same_voice_language_and_text_are_the_same_prompt(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    assert (PromptKey(*one).digest == PromptKey(*other).digest) == (one == other)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data[:20],
        lambda _data: b"",
        lambda data: data + b"x",
        lambda data: data[:500] + b"\xff" + data[501:],
        lambda data: b"JUNK" + data[4:],
    ],
)
def test_a_damaged_file_is_not_played_and_is_replaced(tmp_path: Path, damage: object) -> None:
    PromptCache(tmp_path).put(KEY, tone())
    (file,) = files(tmp_path)
    file.write_bytes(damage(file.read_bytes()))  # type: ignore[operator]
    cache = PromptCache(tmp_path)

    assert cache.get(KEY) is None

    cache.put(KEY, tone())
    again = PromptCache(tmp_path).get(KEY)
    assert again is not None
    assert np.array_equal(again, tone())


def test_the_least_recently_used_prompts_go_when_the_disk_share_is_full(tmp_path: Path) -> None:
    size = 16_100  # a file of 8000 samples
    cache = PromptCache(tmp_path, max_disk_bytes=5 * size, max_memory_bytes=0)
    keys = [PromptKey("v", "en", str(n)) for n in range(5)]
    for age, key in enumerate(keys):
        cache.put(key, tone())
        path = cache._path(key)
        os.utime(path, (1000 + age, 1000 + age))
    cache.get(keys[0])  # used just now

    cache.put(PromptKey("v", "en", "one more"), tone())

    kept = [key.text for key in keys if PromptCache(tmp_path).get(key) is not None]
    assert "0" in kept
    assert "1" not in kept
    assert sum(f.stat().st_size for f in files(tmp_path)) <= 5 * size


def test_a_prompt_from_another_process_counts_too(tmp_path: Path) -> None:
    ours, theirs = PromptCache(tmp_path), PromptCache(tmp_path)

    theirs.put(KEY, tone())

    assert ours.get(KEY) is not None


def test_memory_is_bounded_and_answers_without_the_disk(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path, max_memory_bytes=2 * 16_000)
    keys = [PromptKey("v", "en", str(n)) for n in range(3)]

    for key in keys:
        cache.put(key, tone())

    assert [cache.peek(key) is not None for key in keys] == [False, True, True]
    assert cache.get(keys[0]) is not None  # from disk


def test_nobody_can_change_a_kept_prompt(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path)
    cache.put(KEY, tone())
    pcm = cache.get(KEY)
    assert pcm is not None

    with pytest.raises(ValueError, match="read-only"):
        pcm[0] = 7


def test_a_folder_that_cant_be_written_costs_nothing_but_speed(tmp_path: Path) -> None:
    blocked = tmp_path / "prompts"
    blocked.write_text("a file where the folder should be")
    cache = PromptCache(blocked, max_memory_bytes=0)

    cache.put(KEY, tone())

    assert cache.get(KEY) is None


def test_without_a_folder_prompts_live_in_memory() -> None:
    cache = PromptCache(None)
    cache.put(KEY, tone())

    assert cache.get(KEY) is not None
    assert cache.get(PromptKey("v", "en", "other")) is None


def test_what_a_killed_process_left_behind_is_cleared(tmp_path: Path) -> None:
    cache = PromptCache(tmp_path)
    cache.put(KEY, tone())
    left = files(tmp_path)[0].parent / "tmpabc.part"
    left.write_bytes(b"half")
    os.utime(left, (1000, 1000))

    PromptCache(tmp_path).put(PromptKey("v", "en", "x"), tone())  # its first write counts files

    assert not left.exists()


def test_a_disk_that_takes_nothing_leaves_no_half_prompt_and_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache = PromptCache(tmp_path)
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, unlimited[1]))  # no file grows beyond that
    try:
        cache.put(KEY, tone())
        cache.put(replace(KEY, text="Two."), tone())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    assert cache.trouble
    assert [record.levelname for record in caplog.records] == ["WARNING"], "said once"
    assert files(tmp_path) == []
    assert cache.get(KEY) is not None, "from memory"

    cache.put(replace(KEY, text="Three."), tone())
    assert not cache.trouble
    assert len(files(tmp_path)) == 1
