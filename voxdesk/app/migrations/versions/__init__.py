"""Steps, oldest first. A step never changes once it is released."""
