"""calsvc: calendar feeds of the days on which a My Number card must be renewed."""
