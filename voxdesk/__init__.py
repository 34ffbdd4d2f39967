"""Voxdesk: a voice-first call-center IVR."""

__version__ = "0.1.0"
