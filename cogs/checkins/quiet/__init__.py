"""People and groups that went quiet, and paces of one's own."""
