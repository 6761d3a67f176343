"""`python -m leeboard`."""

from leeboard.cli import main

main()
