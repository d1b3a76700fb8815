"""The answers for feeds, ahead of the pages.

Input: the query or the token of a request.
Must not depend on: HTML, and the server's connections.
"""
