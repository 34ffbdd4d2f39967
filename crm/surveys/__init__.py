"""How content callers are: what they answered, and what that comes to."""
