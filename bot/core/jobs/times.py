"""How long things are kept; said in /privacy, held by the jobs."""

from datetime import datetime, timedelta

PURGE_EVERY = timedelta(hours=6)
"""How often it is looked for communities whose data is to be deleted."""

_FRIDAY = 4

DRAFTS = timedelta(days=30)
DELIVERIES = timedelta(days=30)
OUTBOX = timedelta(days=30)
LIMITS = timedelta(days=2)


def purge_due_at(left_at: datetime, business_days: int) -> datetime:
    """Give the time by which a community's data is deleted after Reelbank was removed there.

    Platforms ask for 14 business days at most. Saturdays and Sundays are none; public holidays,
    which differ from place to place, are counted as if they were, so that it is rather earlier.

    Args:
        left_at: when it was removed.
        business_days: how many whole ones its members may have second thoughts.
    """
    at = left_at
    for _ in range(business_days):
        at += timedelta(days=1)
        while at.weekday() > _FRIDAY:
            at += timedelta(days=1)
    return at
