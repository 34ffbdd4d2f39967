"""Models of what callers want: where they are kept, who trains them, who loads them."""
