"""What an item says of itself elsewhere: metadata, citations, share pictures.

Not here: feeds and exports (`syndication/`).
"""
