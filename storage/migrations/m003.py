"""Moderating: claims, appeals, pairs of look-alikes, edits under review, and undo of every act.

`undos` is made anew, since it now also holds what concerns no idea (a fact, a block, industries).
"""

SCHEMA = """
ALTER TABLE ideas ADD COLUMN accepted_version INTEGER

CREATE INDEX ideas_edited ON ideas (bank_id, created_at) WHERE accepted_version IS NOT NULL

CREATE INDEX audit_subject ON audit (bank_id, subject, seq)

CREATE TABLE claims (
  idea_id INTEGER PRIMARY KEY REFERENCES ideas (id) ON DELETE CASCADE,
  person_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  until INTEGER NOT NULL
)

CREATE INDEX claims_person ON claims (person_id)

CREATE TABLE appeals (
  idea_id INTEGER PRIMARY KEY REFERENCES ideas (id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  closed_at INTEGER,
  text TEXT NOT NULL
)

CREATE TABLE pairs (
  older INTEGER NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
  newer INTEGER NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
  score REAL NOT NULL,
  is_apart INTEGER NOT NULL DEFAULT 0,
  shared TEXT NOT NULL,
  PRIMARY KEY (older, newer)
) WITHOUT ROWID

CREATE INDEX pairs_newer ON pairs (newer)

CREATE TABLE uncompared (
  idea_id INTEGER PRIMARY KEY REFERENCES ideas (id) ON DELETE CASCADE
)

INSERT INTO uncompared SELECT id FROM ideas WHERE status = 'pending'

CREATE TRIGGER ideas_to_compare AFTER INSERT ON ideas
WHEN new.status IN ('pending', 'accepted') BEGIN
  INSERT INTO uncompared VALUES (new.id);
END

CREATE TRIGGER ideas_to_compare_again AFTER UPDATE OF title, text ON ideas BEGIN
  DELETE FROM pairs WHERE is_apart = 0 AND (older = new.id OR newer = new.id);
  INSERT OR IGNORE INTO uncompared VALUES (new.id);
END

ALTER TABLE undos RENAME TO undos_of_ideas

DROP INDEX undos_idea

CREATE TABLE undos (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  bank_id INTEGER NOT NULL,
  subject TEXT NOT NULL,
  idea_id INTEGER REFERENCES ideas (id) ON DELETE CASCADE,
  act TEXT NOT NULL,
  action TEXT NOT NULL,
  actor_id INTEGER,
  at INTEGER NOT NULL,
  before TEXT NOT NULL
)

INSERT INTO undos SELECT u.id, i.bank_id, 'idea:' || u.idea_id, u.idea_id, 'u' || u.id, u.action,
  u.actor_id, u.at, u.before FROM undos_of_ideas u JOIN ideas i ON i.id = u.idea_id

DROP TABLE undos_of_ideas

CREATE INDEX undos_idea ON undos (idea_id)

CREATE INDEX undos_subject ON undos (bank_id, subject)

CREATE INDEX undos_act ON undos (act)

CREATE INDEX undos_actor ON undos (actor_id)

CREATE TABLE undo_votes (
  undo_id INTEGER NOT NULL REFERENCES undos (id) ON DELETE CASCADE,
  idea_id INTEGER NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
  person_id INTEGER NOT NULL,
  value INTEGER NOT NULL,
  platform TEXT NOT NULL,
  voted_at INTEGER NOT NULL
)

CREATE INDEX undo_votes_undo ON undo_votes (undo_id)

CREATE INDEX undo_votes_person ON undo_votes (person_id)

CREATE INDEX undo_votes_idea ON undo_votes (idea_id)

CREATE TABLE undo_tags (
  undo_id INTEGER NOT NULL REFERENCES undos (id) ON DELETE CASCADE,
  idea_id INTEGER NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  PRIMARY KEY (undo_id, idea_id)
) WITHOUT ROWID

CREATE INDEX undo_tags_idea ON undo_tags (idea_id)
"""
