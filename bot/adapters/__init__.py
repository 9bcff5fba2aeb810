"""Adapters translate between a platform and core; they never decide."""
