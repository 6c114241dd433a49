"""The public side: every page, feed, file and picture that a reader can fetch, from released entries alone.

Not here: working copies, which no module below this folder can import.
"""
