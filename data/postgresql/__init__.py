"""All that is particular to PostgreSQL: its types, connections, locks and errors."""
