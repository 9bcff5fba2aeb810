"""Gaps have a state, and people who want to be told when one is answered.

A follower's own words are kept, since whoever asked first may have asked in private.
"""

SCHEMA = """
ALTER TABLE gaps ADD COLUMN state TEXT NOT NULL DEFAULT 'open'

UPDATE gaps SET state = 'dismissed' WHERE closed_at IS NOT NULL

CREATE TABLE gap_followers (
  gap_id INTEGER NOT NULL REFERENCES gaps (id) ON DELETE CASCADE,
  person_id INTEGER NOT NULL,
  community_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  question TEXT NOT NULL,
  PRIMARY KEY (gap_id, person_id)
) WITHOUT ROWID

CREATE INDEX gap_followers_person ON gap_followers (person_id)
"""
