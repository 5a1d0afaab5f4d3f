"""Small circles inside a group, each with a thread of its own."""
