"""Pure: errors, the clock, times, recurrence, wording. Everything may use it; no I/O."""
