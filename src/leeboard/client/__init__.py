"""How a program finds a server, signs for it, and is started with AWS's clients pointed at it."""
