"""The answers for feeds, ahead of the pages.

Takes: the query or the token of a request.
Must never know: HTML, and the server's connections.
"""
