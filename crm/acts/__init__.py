"""Acts: what flows have done, each once."""
