"""`python -m chalkgrad` is the command `chalkgrad`."""

from chalkgrad.cli import main

if __name__ == "__main__":
    main()
