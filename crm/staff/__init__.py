"""Who works with the system by its API, and what they may do."""
