"""A meeting's thread: the reading, questions, who was there, and notes."""
