"""What happens once in a while for each community, and what was decided or voted on lately."""

SCHEDULES = """
CREATE TABLE schedules (
  community_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  plan TEXT NOT NULL,
  seen_at INTEGER NOT NULL,
  last_at INTEGER,
  PRIMARY KEY (community_id, kind)
) WITHOUT ROWID

CREATE INDEX ideas_decided ON ideas (bank_id, decided_at) WHERE decided_at IS NOT NULL

CREATE INDEX votes_at ON votes (voted_at)
"""
