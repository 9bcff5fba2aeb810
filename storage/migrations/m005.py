"""Files that come with an idea; what people want to hear of; comments that can be changed."""

# Until an idea is kept its files wait with the draft, since the platforms' addresses expire.
# What a platform was given to show goes from there, too, however the picture goes from here.
FILES = """
CREATE TABLE draft_attachments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  draft_id INTEGER NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  url TEXT NOT NULL DEFAULT '',
  content BLOB
)

CREATE INDEX draft_attachments_draft ON draft_attachments (draft_id)

CREATE INDEX attachments_person ON attachments (person_id)

CREATE TABLE uploads (
  attachment_id INTEGER NOT NULL REFERENCES attachments (id) ON DELETE CASCADE,
  community_id INTEGER NOT NULL,
  reference TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (attachment_id, community_id)
) WITHOUT ROWID

CREATE TRIGGER uploads_removed BEFORE DELETE ON uploads BEGIN
  INSERT INTO outbox (key, platform, community_id, kind, payload, due_at, created_at)
    SELECT 'discard:' || old.reference, platform, id, 'discard',
      json_object('reference', old.reference), old.at, old.at
    FROM communities WHERE id = old.community_id AND left_at IS NULL
    ON CONFLICT DO NOTHING;
END
"""

TALK = """
ALTER TABLE people ADD COLUMN notices TEXT NOT NULL DEFAULT ''

ALTER TABLE notes ADD COLUMN edited_at INTEGER

ALTER TABLE notes ADD COLUMN message_key TEXT

CREATE UNIQUE INDEX notes_message ON notes (message_key) WHERE message_key IS NOT NULL

ALTER TABLE votes ADD COLUMN is_new INTEGER NOT NULL DEFAULT 0
"""
