"""Calls that are in progress, the day's numbers against their goals, and alarms."""
