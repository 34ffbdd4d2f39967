"""A bank's customers as callers ask about them: accounts, cards, payments, appointments."""
