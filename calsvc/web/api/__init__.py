"""JSON for programs, and its description in OpenAPI.

Takes: queries and JSON bodies.
Must never know: HTML.
"""
