"""What somebody did in a server, with its evidence."""
