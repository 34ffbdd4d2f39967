"""Calls: one row a call, and the append-only log of what happened in it."""
