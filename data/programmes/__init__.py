"""Programmes: cohorts that read a list together, in stages."""
