"""Callbacks: the calls that we promised, made when somebody is free."""
