"""How far people are in a programme."""
