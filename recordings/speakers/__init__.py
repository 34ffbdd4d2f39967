"""Who speaks when in a recording of one channel."""
