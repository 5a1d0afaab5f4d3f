"""People: profiles, introductions, pods and coffees."""
