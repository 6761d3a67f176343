"""`python -m leeboard.cli`."""

from leeboard.cli import main

main()
