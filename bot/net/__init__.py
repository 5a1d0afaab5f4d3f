"""The web: pages that are read for people, and the small server of calendars and health."""
