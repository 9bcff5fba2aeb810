"""What Slack accepts at most; characters, as published by November 2026."""

from __future__ import annotations

BLOCKS_IN_MESSAGE = 50
BLOCKS_IN_VIEW = 100
BLOCKS_SIZE = 12_000
"""Characters of all blocks of a message; about 13,200 are refused (measured by others)."""
SECTION = 3000
FIELD = 2000
FIELDS = 10
HEADER = 150
CONTEXT = 2000
BUTTON = 75
BUTTONS = 25
OPTION = 75
OPTION_VALUE = 150
OPTIONS = 100
PLACEHOLDER = 150
VIEW_TITLE = 24
METADATA = 3000
INPUT = 3000
TABLE_ROWS = 100
TABLE_COLUMNS = 20
URL = 3000
ALT_TEXT = 2000
FILES = 4
"""Files of one form; an idea takes no more."""

ACK_S = 3.0
"""Seconds for an acknowledgement, and the life of a trigger id."""
RESPONSE_URL_USES = 5
RESPONSE_URL_S = 30 * 60.0
REQUEST_BYTES = 1_000_000
UPLOAD_COMMENT = 2900
FILE_BYTES = 200_000_000
"""Slack takes a gigabyte, but its library reads a file whole into memory before it sends it."""
