"""How a caller feels, read off their words: calm, frustrated, angry or pleased. Pure."""

from dialog.understanding.feeling.felt import Feeling, Felt, feeling

__all__ = ["Feeling", "Felt", "feeling"]
