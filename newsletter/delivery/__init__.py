"""Sending each mail exactly once: claims, rate, outcomes, returned mail, background tasks.

Not here: what a mail says (`composition/`), how a server is spoken to (`mail/`).
"""
