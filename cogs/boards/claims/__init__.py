"""What the paper says: the commands `/claim`."""
