"""What moderators chose, found without reading every tag: it is read again after each change."""

SCHEMA = """
CREATE INDEX idea_industries_chosen ON idea_industries (idea_id) WHERE set_by = 'moderator'
"""
