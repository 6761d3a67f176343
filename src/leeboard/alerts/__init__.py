"""How a notice leaves the house; one sink a module."""
