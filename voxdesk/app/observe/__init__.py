"""What an operator sees of the engine: metrics, health, traces."""
