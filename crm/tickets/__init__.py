"""Tickets: what somebody of the house has to do."""
