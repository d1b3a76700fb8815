"""Sealed links: keys, tokens, and the URLs made of them.

Takes: what a link holds, and the keys of the service.
Must never know: HTTP requests and feeds.
"""
