"""One sealed file with database and media, made while the site is in use, and the way back.

Not here: the signed copy for readers (`timeline/mirror/`).
"""
