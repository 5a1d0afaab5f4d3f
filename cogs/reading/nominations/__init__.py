"""What a group could read next, and what it has read."""
