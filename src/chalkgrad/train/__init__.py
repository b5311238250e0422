"""Networks learn: `fit`, what it returns, and what it needs."""
