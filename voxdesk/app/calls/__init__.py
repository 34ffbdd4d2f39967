"""Finished calls as staff find, read and hear them."""
