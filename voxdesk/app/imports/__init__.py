"""Recordings from elsewhere: taken in, told apart by speaker, written down, made calls."""
