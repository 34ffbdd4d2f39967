"""What people write beside calls, at a moment of them."""
