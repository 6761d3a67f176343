"""How numbers leave the house; one emitter a module."""
