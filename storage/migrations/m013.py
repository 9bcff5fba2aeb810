"""What people think of an answer, each for themselves; it goes with whoever said it.

Until now there was one opinion per answer, whoever had it. It is taken for that of who asked; its
words are not taken along, since nobody knows whose they are.
"""

SCHEMA = """
CREATE TABLE feedback (
  question_id INTEGER NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
  person_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  value INTEGER NOT NULL CHECK (value IN (-1, 0, 1)),
  reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (question_id, person_id)
) WITHOUT ROWID

CREATE INDEX feedback_person ON feedback (person_id)

INSERT INTO feedback (question_id, person_id, at, value)
SELECT id, person_id, asked_at, feedback FROM questions
WHERE feedback IS NOT NULL AND person_id IS NOT NULL

ALTER TABLE questions DROP COLUMN feedback

ALTER TABLE questions DROP COLUMN feedback_reason
"""
