"""What people say about themselves, and who sees it."""
