"""Work that is due, and the workers that do it: each piece to its end once, whoever dies meanwhile."""
