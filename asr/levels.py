"""How loud this caller speaks, and what is left when nobody does: followed frame by frame."""

from voxdesk.kernel.audio import SILENCE_DBFS

# Where a call starts before anything is known: a quiet line, a voice of ordinary level.
_START_FLOOR_DBFS = -60.0
_START_SPEECH_DBFS = -25.0
_LOWEST_FLOOR_DBFS = -75.0  # below one 8-bit companding step nothing is worth telling apart

_FLOOR_FALL = 0.10  # share of the way down per 20 ms frame: half of it in 130 ms
_FLOOR_RISE_DB = 0.06  # up per frame: 3 dB/s, so that a long vowel doesn't become noise
_FLOOR_RISE_IN_SPEECH_DB = 0.01  # up per frame while speech is likely: 0.5 dB/s
_SPEECH_UP = 0.20
_SPEECH_DOWN = 0.01  # at least; the first second of a voice counts for more, as in a mean
_SPEECH_PROBABLE = 0.6
_SPEECH_ABOVE_FLOOR_DB = 6.0


class LevelTracker:
    """Noise floor and speech level of one call, from frame levels and a speech probability."""

    def __init__(self) -> None:
        self.noise_floor_dbfs = _START_FLOOR_DBFS
        self.speech_level_dbfs = _START_SPEECH_DBFS
        self._speech_frames = 0

    def update(self, level_dbfs: float, probability: float) -> None:
        """Take one 20 ms frame. Digital silence (a lost or held frame) says nothing of the line."""
        if level_dbfs <= SILENCE_DBFS:
            return
        if level_dbfs < self.noise_floor_dbfs:
            step = (level_dbfs - self.noise_floor_dbfs) * _FLOOR_FALL
        else:
            speaking = probability >= _SPEECH_PROBABLE
            rise = _FLOOR_RISE_IN_SPEECH_DB if speaking else _FLOOR_RISE_DB
            step = min(rise, level_dbfs - self.noise_floor_dbfs)
        self.noise_floor_dbfs = max(_LOWEST_FLOOR_DBFS, self.noise_floor_dbfs + step)
        loud_enough = level_dbfs >= self.noise_floor_dbfs + _SPEECH_ABOVE_FLOOR_DB
        if probability >= _SPEECH_PROBABLE and loud_enough:
            self._speech_frames += 1
            down = max(_SPEECH_DOWN, 1 / (self._speech_frames + 1))
            share = _SPEECH_UP if level_dbfs > self.speech_level_dbfs else down
            self.speech_level_dbfs += share * (level_dbfs - self.speech_level_dbfs)
