"""Sealed links: keys, tokens, and the URLs that contain them.

Input: the content of a link, and the keys of the service.
Must not depend on: HTTP requests and feeds.
"""
