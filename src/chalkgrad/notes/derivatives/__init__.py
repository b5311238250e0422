"""In the child: hand-written derivatives against the exact ones."""
