"""The signed static copy: building, verifying, and standing in when the database is gone.

Not here: backups (`operations/backup/`).
"""
