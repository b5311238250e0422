"""Modules with hand-written derivatives, each right as it stands, with edits that make one wrong."""
