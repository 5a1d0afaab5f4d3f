"""Reviews: somebody else confirms or disputes a result, and the lead settles a dispute."""
