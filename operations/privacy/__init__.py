"""Searches database, files, logs and backups for what must not be there.

Not here: what an editor is warned of (`publishing/screening/`).
"""
