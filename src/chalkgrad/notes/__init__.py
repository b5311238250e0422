"""Notes: read, execute, build. Each child module has one job; `build.py` and `execute.py` are the ways in."""
