"""Core knows no platform: the commands and the rules."""
