"""What reads or changes the rows of several features at once."""
