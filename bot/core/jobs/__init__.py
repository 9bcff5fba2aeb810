"""What happens by the clock; ALL lists the jobs."""

from bot.core.jobs import comparing, keeping, reading, rechecking, telling
from bot.core.model import Job

ALL: tuple[Job, ...] = (
    *keeping.JOBS,
    *reading.JOBS,
    *comparing.JOBS,
    *rechecking.JOBS,
    *telling.JOBS,
)
