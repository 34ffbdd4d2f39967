"""Voice and ears for who tries a flow on a page: models in a process that ends when idle."""
