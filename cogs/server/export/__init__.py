"""Everything of a server, as files."""
