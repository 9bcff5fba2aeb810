"""What paid services were used for, by month; money is whole millionths of a US dollar."""

SCHEMA = """
CREATE TABLE usage (
  month TEXT NOT NULL,
  kind TEXT NOT NULL,
  calls INTEGER NOT NULL DEFAULT 0,
  input_tokens INTEGER NOT NULL DEFAULT 0,
  output_tokens INTEGER NOT NULL DEFAULT 0,
  micro_usd INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (month, kind)
) WITHOUT ROWID
"""
