"""What belongs to each person: a copy of it, and its erasure."""
