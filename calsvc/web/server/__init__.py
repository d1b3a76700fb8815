"""All that leans on uvicorn: processes, connections, their limits.

Input: settings, and connections of clients.
Must not depend on: what is answered.
"""
