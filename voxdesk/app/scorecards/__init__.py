"""Scorecards as files: found, read, checked."""
