"""Reading lists from a file."""
