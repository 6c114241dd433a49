"""How bytes reach readers: stored pages, frame, media files, health, which entry a number names.

Not here: what a page says (`pages/`).
"""
