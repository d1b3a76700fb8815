"""The pages of clerks: access, one resident, tables and the jobs that work on them.

Takes: requests of a session, and uploads.
Must never know: uvicorn.
"""
