"""Many claims at once, from a table of the paper."""
