"""The store: tables, records and repositories."""
