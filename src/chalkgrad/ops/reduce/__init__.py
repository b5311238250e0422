"""Many entries become few: sums, extremes, moments."""
