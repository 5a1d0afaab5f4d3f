"""Commitments: what people said they would do."""
