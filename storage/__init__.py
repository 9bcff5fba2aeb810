"""The store: one SQLite file, and the only SQL of the project."""
