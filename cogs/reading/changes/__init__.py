"""Moving, cancelling, editing and skipping meetings, ending series, and undoing it."""
