"""The responses to requests for feeds, which are built before Starlette's routing.

Input: the query or the token of a request.
Must not depend on: HTML, and the server's connections.
"""
