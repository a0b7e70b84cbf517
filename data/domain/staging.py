"""How the names of readers' stagings end (`data.store.staged` says what is in them)."""

ATTACHED, COPIED = ".db", ".copy"
"""An SQLite file, or a folder of files to COPY."""

MOST_STAGED = 8
"""Stagings that one transaction sees: SQLite attaches no more than ten databases at a time."""
