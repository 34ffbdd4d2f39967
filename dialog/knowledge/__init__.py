"""Questions that callers have, and their answers: read from files, found by likeness."""
