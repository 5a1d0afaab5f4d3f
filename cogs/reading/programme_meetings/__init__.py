"""The meetings of programmes."""
