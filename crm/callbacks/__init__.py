"""Callbacks: whom we promised to call, when, and what came of it."""
