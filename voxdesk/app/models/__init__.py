"""Speech models: which can be had, bringing one, and which are here."""
