"""What we found: the commands `/result`."""
