"""A small Discord on loopback: REST, gateway, limits and faults, for an unmodified bot process."""
