"""Chapter lists: found in notes and files, read and written in every form, made one list out of many."""

MOST = 10_000
"""Chapters that are read of a list; no real one has nearly as many."""
