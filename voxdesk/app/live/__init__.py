"""The way of live calls from the engine to whoever watches them."""
