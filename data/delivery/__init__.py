"""What falls due, what was sent, and which messages are kept up to date."""
