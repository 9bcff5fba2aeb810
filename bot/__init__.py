"""Reelbank: a use-case ideation chatbot for communities that explore text-to-video AI."""
