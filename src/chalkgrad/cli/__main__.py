"""`python -m chalkgrad.cli`."""

from chalkgrad.cli import main

main()
