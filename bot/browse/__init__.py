"""The collection as pages for everybody: a scrubbed copy, and Datasette serving it."""
