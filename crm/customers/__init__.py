"""Customers: who calls, found by the number that they call from."""
