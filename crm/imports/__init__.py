"""Recordings from elsewhere that become calls."""
