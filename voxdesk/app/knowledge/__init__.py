"""The knowledge of flows in an engine: who reads it, where what was read is kept."""
