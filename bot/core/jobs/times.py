"""How long things are kept; said in /privacy, held by the jobs."""

from datetime import timedelta

PURGE_AFTER = timedelta(days=14)
"""From the removal of Reelbank from a community to the deletion of its data; platforms ask for 14
business days at most, and coming back before keeps everything."""

DRAFTS = timedelta(days=30)
DELIVERIES = timedelta(days=30)
OUTBOX = timedelta(days=30)
LIMITS = timedelta(days=2)
