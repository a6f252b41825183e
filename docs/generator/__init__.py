"""Writes the pages of the reference that come out of the code."""
