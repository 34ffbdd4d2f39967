"""What takes seconds to minutes, in a process of its own, with progress, stopped on request."""
