"""What outlives an erasure without naming anybody: blocks, and which votes were somebody's before.

The salt makes account numbers, of which there are few enough to try, unfit to be guessed from a
hash by whoever has a part of the data only.
"""

SCHEMA = """
CREATE TABLE salts (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  salt BLOB NOT NULL
)

INSERT INTO salts VALUES (1, randomblob(32))

CREATE TABLE blocked_accounts (
  community_id INTEGER NOT NULL,
  mark TEXT NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (community_id, mark)
) WITHOUT ROWID

CREATE TABLE nameless_votes (
  idea_id INTEGER NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
  drawer INTEGER NOT NULL,
  platform TEXT NOT NULL,
  value INTEGER NOT NULL,
  day INTEGER NOT NULL,
  PRIMARY KEY (idea_id, drawer, platform, value)
) WITHOUT ROWID

UPDATE ideas SET permalink = NULL, external_id = NULL
WHERE is_anonymous = 1 AND author_id IS NOT NULL
"""
