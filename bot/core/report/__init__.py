"""The collection in pictures and as a page: figures, charts, and the report made of both."""
