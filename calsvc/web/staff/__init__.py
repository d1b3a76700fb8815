"""The pages of clerks: access, one resident, tables and the jobs that work on them.

Input: requests of a session, and uploads.
Must not depend on: uvicorn.
"""
