"""All that leans on uvicorn: processes, connections, their limits.

Takes: settings, and connections of clients.
Must never know: what is answered.
"""
