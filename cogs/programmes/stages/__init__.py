"""The stages of a programme: gates, and what people hand in."""
