"""The server under load: a generator, what it is held against, and one chapter of the page a module."""
