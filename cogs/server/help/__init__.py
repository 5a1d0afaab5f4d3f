"""Finding one's way: where I stand, what is next, and topics."""
