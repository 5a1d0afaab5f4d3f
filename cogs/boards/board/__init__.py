"""A project's board: its card, and the controls on it."""
