"""The shape of a recording: the loudest moment of every stretch, for drawing it."""
