"""Work that is done for a call after it, and work that comes again."""
