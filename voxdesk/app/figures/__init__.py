"""Calls are counted for pictures as they end."""
