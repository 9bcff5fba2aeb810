CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
)

CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name")

CREATE TABLE banks (
  id INTEGER PRIMARY KEY,
  next_number INTEGER NOT NULL DEFAULT 1,
  audit_head TEXT NOT NULL DEFAULT '',
  audit_count INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL
)

CREATE TABLE communities (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE,
  platform TEXT NOT NULL,
  name TEXT NOT NULL,
  bank_id INTEGER NOT NULL REFERENCES banks (id),
  settings TEXT NOT NULL DEFAULT '{}',
  created_at INTEGER NOT NULL,
  left_at INTEGER
)

CREATE INDEX communities_bank ON communities (bank_id)

CREATE TABLE people (
  id INTEGER PRIMARY KEY,
  display_name TEXT NOT NULL,
  folded_name TEXT NOT NULL,
  first_seen_at INTEGER NOT NULL,
  merged_into INTEGER
)

CREATE TABLE accounts (
  key TEXT PRIMARY KEY,
  person_id INTEGER NOT NULL REFERENCES people (id),
  display_name TEXT NOT NULL,
  first_seen_at INTEGER NOT NULL
) WITHOUT ROWID

CREATE INDEX accounts_person ON accounts (person_id)

CREATE TABLE memberships (
  person_id INTEGER NOT NULL,
  community_id INTEGER NOT NULL,
  first_seen_at INTEGER NOT NULL,
  PRIMARY KEY (person_id, community_id)
) WITHOUT ROWID

CREATE TABLE blocks (
  community_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (community_id, person_id)
) WITHOUT ROWID

CREATE TABLE roles (
  community_id INTEGER NOT NULL,
  account_key TEXT NOT NULL,
  role INTEGER NOT NULL,
  PRIMARY KEY (community_id, account_key)
) WITHOUT ROWID

CREATE TABLE codes (
  hash TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  community_id INTEGER,
  person_id INTEGER,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID

CREATE TABLE ideas (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  bank_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  status TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  version INTEGER NOT NULL DEFAULT 1,
  author_id INTEGER,
  is_anonymous INTEGER NOT NULL DEFAULT 0,
  up INTEGER NOT NULL DEFAULT 0,
  down INTEGER NOT NULL DEFAULT 0,
  rank REAL NOT NULL,
  note_count INTEGER NOT NULL DEFAULT 0,
  community_id INTEGER,
  platform TEXT NOT NULL DEFAULT '',
  merged_into INTEGER,
  before_merge TEXT,
  decided_at INTEGER,
  consent TEXT NOT NULL DEFAULT 'own',
  language TEXT NOT NULL DEFAULT '',
  flags TEXT NOT NULL DEFAULT '[]',
  platform_votes TEXT NOT NULL DEFAULT '{}',
  tallies TEXT NOT NULL DEFAULT '{}',
  external_id TEXT,
  author_name TEXT NOT NULL DEFAULT '',
  title TEXT NOT NULL,
  link TEXT NOT NULL DEFAULT '',
  permalink TEXT,
  reason TEXT NOT NULL DEFAULT '',
  beneficiaries TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL
)

CREATE UNIQUE INDEX ideas_number ON ideas (bank_id, number)

CREATE UNIQUE INDEX ideas_external ON ideas (bank_id, external_id) WHERE external_id IS NOT NULL

CREATE INDEX ideas_status ON ideas (bank_id, status, created_at)

CREATE INDEX ideas_created ON ideas (bank_id, created_at)

CREATE INDEX ideas_rank ON ideas (bank_id, rank)

CREATE INDEX ideas_score ON ideas (bank_id, up - down)

CREATE INDEX ideas_author ON ideas (author_id)

CREATE INDEX ideas_merged ON ideas (merged_into) WHERE merged_into IS NOT NULL

CREATE INDEX ideas_flagged ON ideas (bank_id, created_at) WHERE flags <> '[]'

CREATE TABLE idea_edits (
  id INTEGER PRIMARY KEY,
  idea_id INTEGER NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
  version INTEGER NOT NULL,
  editor_id INTEGER,
  at INTEGER NOT NULL,
  before TEXT NOT NULL,
  UNIQUE (idea_id, version)
)

CREATE TABLE idea_industries (
  idea_id INTEGER NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
  industry TEXT NOT NULL,
  rank INTEGER NOT NULL,
  confidence REAL NOT NULL,
  because TEXT NOT NULL DEFAULT '[]',
  set_by TEXT NOT NULL,
  taxonomy_version INTEGER NOT NULL,
  PRIMARY KEY (idea_id, industry)
) WITHOUT ROWID

CREATE INDEX idea_industries_industry ON idea_industries (industry, idea_id)

CREATE TABLE idea_vectors (
  idea_id INTEGER PRIMARY KEY REFERENCES ideas (id) ON DELETE CASCADE,
  model TEXT NOT NULL,
  vector BLOB NOT NULL
)

CREATE TABLE idea_tallies (
  bank_id INTEGER NOT NULL,
  status TEXT NOT NULL,
  industry TEXT NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (bank_id, status, industry)
) WITHOUT ROWID

CREATE TABLE aliases (
  bank_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  idea_id INTEGER NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
  made_at INTEGER NOT NULL,
  PRIMARY KEY (bank_id, number, idea_id)
) WITHOUT ROWID

CREATE INDEX aliases_idea ON aliases (idea_id)

CREATE TABLE votes (
  idea_id INTEGER NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
  person_id INTEGER NOT NULL,
  value INTEGER NOT NULL CHECK (value IN (-1, 0, 1)),
  is_held INTEGER NOT NULL DEFAULT 0,
  platform TEXT NOT NULL,
  voted_at INTEGER NOT NULL,
  PRIMARY KEY (idea_id, person_id)
) WITHOUT ROWID

CREATE INDEX votes_person ON votes (person_id)

CREATE INDEX votes_held ON votes (idea_id) WHERE is_held = 1

CREATE TABLE notes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  idea_id INTEGER NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
  person_id INTEGER,
  is_staff INTEGER NOT NULL,
  at INTEGER NOT NULL,
  text TEXT NOT NULL
)

CREATE INDEX notes_idea ON notes (idea_id)

CREATE INDEX notes_person ON notes (person_id)

CREATE TABLE followers (
  idea_id INTEGER NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
  person_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (idea_id, person_id)
) WITHOUT ROWID

CREATE INDEX followers_person ON followers (person_id)

CREATE TABLE attachments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  idea_id INTEGER NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
  person_id INTEGER,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  url TEXT NOT NULL DEFAULT '',
  at INTEGER NOT NULL,
  content BLOB
)

CREATE INDEX attachments_idea ON attachments (idea_id)

CREATE TABLE undos (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  idea_id INTEGER NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
  action TEXT NOT NULL,
  actor_id INTEGER,
  at INTEGER NOT NULL,
  before TEXT NOT NULL
)

CREATE INDEX undos_idea ON undos (idea_id)

CREATE TABLE questions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  community_id INTEGER NOT NULL,
  person_id INTEGER,
  thread_key TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  abstained INTEGER NOT NULL,
  reason TEXT,
  feedback INTEGER,
  feedback_reason TEXT NOT NULL DEFAULT '',
  entities TEXT NOT NULL,
  question TEXT NOT NULL,
  answer TEXT NOT NULL
)

CREATE INDEX questions_thread ON questions (community_id, thread_key)

CREATE INDEX questions_asked ON questions (community_id, asked_at)

CREATE INDEX questions_person ON questions (person_id, asked_at)

CREATE TABLE gaps (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  bank_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  person_id INTEGER,
  count INTEGER NOT NULL DEFAULT 1,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  closed_at INTEGER,
  entities TEXT NOT NULL,
  field TEXT NOT NULL,
  question TEXT NOT NULL,
  UNIQUE (bank_id, key)
)

CREATE TABLE knowledge (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  bank_id INTEGER NOT NULL,
  entity_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('proposed', 'live', 'retired')),
  person_id INTEGER,
  at INTEGER NOT NULL,
  fact TEXT NOT NULL
)

CREATE INDEX knowledge_bank ON knowledge (bank_id, state)

CREATE TABLE taxonomy_changes (
  bank_id INTEGER NOT NULL,
  version INTEGER NOT NULL,
  person_id INTEGER,
  at INTEGER NOT NULL,
  change TEXT NOT NULL,
  PRIMARY KEY (bank_id, version)
) WITHOUT ROWID

CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  bank_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  actor_id INTEGER,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  details TEXT NOT NULL,
  hash TEXT NOT NULL
)

CREATE UNIQUE INDEX audit_chain ON audit (bank_id, seq)

CREATE TABLE deliveries (
  id TEXT PRIMARY KEY,
  community_key TEXT NOT NULL,
  platform TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  done_at INTEGER,
  outcome TEXT NOT NULL DEFAULT '',
  payload TEXT NOT NULL
) WITHOUT ROWID

CREATE INDEX deliveries_pending ON deliveries (platform, received_at) WHERE done_at IS NULL

CREATE TABLE drafts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  person_id INTEGER NOT NULL,
  community_id INTEGER,
  command TEXT NOT NULL,
  at INTEGER NOT NULL,
  "values" TEXT NOT NULL
)

CREATE INDEX drafts_person ON drafts (person_id)

CREATE TABLE actions (
  key TEXT PRIMARY KEY,
  person_id INTEGER,
  at INTEGER NOT NULL,
  "values" TEXT NOT NULL
) WITHOUT ROWID

CREATE INDEX actions_at ON actions (at)

CREATE TABLE changes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  bank_id INTEGER,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  at INTEGER NOT NULL
)

CREATE TABLE cards (
  idea_id INTEGER NOT NULL,
  community_id INTEGER NOT NULL,
  channel_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  thread_id TEXT,
  shown TEXT NOT NULL DEFAULT '',
  put_at INTEGER NOT NULL,
  lost_at INTEGER,
  PRIMARY KEY (idea_id, community_id)
) WITHOUT ROWID

CREATE INDEX cards_message ON cards (community_id, message_id)

CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE,
  platform TEXT NOT NULL,
  community_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  generation INTEGER NOT NULL DEFAULT 1,
  leased_generation INTEGER,
  lease_until INTEGER,
  due_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  sent_at INTEGER,
  dead_reason TEXT,
  error TEXT,
  payload TEXT NOT NULL
)

CREATE INDEX outbox_due ON outbox (platform, due_at) WHERE sent_at IS NULL AND dead_reason IS NULL

CREATE TABLE jobs (
  name TEXT PRIMARY KEY,
  due_at INTEGER NOT NULL,
  every_us INTEGER NOT NULL,
  lease_until INTEGER,
  started_at INTEGER,
  finished_at INTEGER,
  last_error TEXT
) WITHOUT ROWID

CREATE TABLE scrubs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  asked_at INTEGER NOT NULL
)

CREATE TABLE hits (
  key TEXT NOT NULL,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,
  id INTEGER PRIMARY KEY
)

CREATE INDEX hits_window ON hits (key, kind, at)

CREATE VIEW ideas_words AS
SELECT id, search_words(title) AS title, search_words(text) AS text,
  search_words(beneficiaries) AS beneficiaries
FROM ideas

CREATE VIRTUAL TABLE ideas_fts USING fts5(
  title, text, beneficiaries, content = 'ideas_words', content_rowid = 'id',
  tokenize = 'porter unicode61 remove_diacritics 2'
)

CREATE VIRTUAL TABLE ideas_terms USING fts5vocab('ideas_fts', 'row')

CREATE TRIGGER ideas_added AFTER INSERT ON ideas BEGIN
  INSERT INTO ideas_fts (rowid, title, text, beneficiaries) VALUES (
    new.id, search_words(new.title), search_words(new.text), search_words(new.beneficiaries));
  INSERT INTO idea_tallies VALUES (new.bank_id, new.status, '', 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END

CREATE TRIGGER ideas_reworded AFTER UPDATE OF title, text, beneficiaries ON ideas BEGIN
  INSERT INTO ideas_fts (ideas_fts, rowid, title, text, beneficiaries) VALUES ('delete',
    old.id, search_words(old.title), search_words(old.text), search_words(old.beneficiaries));
  INSERT INTO ideas_fts (rowid, title, text, beneficiaries) VALUES (
    new.id, search_words(new.title), search_words(new.text), search_words(new.beneficiaries));
END

CREATE TRIGGER ideas_moved AFTER UPDATE OF bank_id, status ON ideas
WHEN old.bank_id <> new.bank_id OR old.status <> new.status BEGIN
  UPDATE idea_tallies SET n = n - 1 WHERE bank_id = old.bank_id AND status = old.status
    AND industry IN (SELECT '' UNION ALL
      SELECT industry FROM idea_industries WHERE idea_id = old.id);
  INSERT INTO idea_tallies SELECT new.bank_id, new.status, industry, 1
    FROM (SELECT '' AS industry UNION ALL
      SELECT industry FROM idea_industries WHERE idea_id = old.id) WHERE true
    ON CONFLICT DO UPDATE SET n = n + 1;
END

CREATE TRIGGER ideas_removed BEFORE DELETE ON ideas BEGIN
  DELETE FROM idea_industries WHERE idea_id = old.id;
  UPDATE idea_tallies SET n = n - 1
    WHERE bank_id = old.bank_id AND status = old.status AND industry = '';
  INSERT INTO ideas_fts (ideas_fts, rowid, title, text, beneficiaries) VALUES ('delete',
    old.id, search_words(old.title), search_words(old.text), search_words(old.beneficiaries));
END

CREATE TRIGGER idea_industries_added AFTER INSERT ON idea_industries BEGIN
  INSERT INTO idea_tallies SELECT bank_id, status, new.industry, 1 FROM ideas
    WHERE id = new.idea_id
    ON CONFLICT DO UPDATE SET n = n + 1;
END

CREATE TRIGGER idea_industries_removed AFTER DELETE ON idea_industries BEGIN
  UPDATE idea_tallies SET n = n - 1
    WHERE (bank_id, status) = (SELECT bank_id, status FROM ideas WHERE id = old.idea_id)
    AND industry = old.industry;
END

CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit is append-only');
END

CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
WHEN EXISTS (SELECT 1 FROM banks WHERE id = old.bank_id) BEGIN
  SELECT RAISE(ABORT, 'the audit is append-only');
END
