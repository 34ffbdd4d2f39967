"""Flows as they were published: every version, for good."""
