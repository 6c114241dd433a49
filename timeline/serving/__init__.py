"""How bytes reach readers: stored pages, frame, media files, health.

Not here: what a page says (`pages/`).
"""
