"""Work after calls, in a process of its own that gives way to calls."""
