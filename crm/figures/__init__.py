"""What pictures count: each finished call once, and the sums of each day."""
