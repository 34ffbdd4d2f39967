"""Orders: what callers of a shop ask about."""
