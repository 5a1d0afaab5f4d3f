"""A unit's exercises, taken as tasks or commitments."""
