"""Systems outside: services over HTTP that flows look things up in and have things done by."""
