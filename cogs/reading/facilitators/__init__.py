"""Who leads a meeting."""
