"""What an edition carries and to whom it goes; how a letter looks, and the archive.

Not here: sending it (`delivery/`).
"""
