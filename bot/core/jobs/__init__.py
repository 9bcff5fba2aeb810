"""What happens by the clock; ALL lists the jobs."""
