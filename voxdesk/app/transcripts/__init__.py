"""Messages that callers leave, in words: made after the call, apart from the engine."""
