"""The project: settings, addresses, checks of the whole site. The only room that knows all others.

Not here: anything that a single room can know.
"""
