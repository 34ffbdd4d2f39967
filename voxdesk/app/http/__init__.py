"""What programs, and later pages, ask over HTTP."""
