"""The service over HTTP. Nothing below this package knows of it."""
