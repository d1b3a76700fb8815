"""JSON for programs, and its description in OpenAPI.

Input: queries and JSON bodies.
Must not depend on: HTML.
"""
