"""What callers asked the knowledge base: what was answered, and what nobody knew."""
