"""Projects that went quiet."""
