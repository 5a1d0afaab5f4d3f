"""Whether what was due arrived, and telling organisers when it does not."""
