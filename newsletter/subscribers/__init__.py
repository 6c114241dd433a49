"""Subscribers: sealed addresses, sign-up, links, preferences, audiences, moving lists in and out.

Not here: what they are sent (`composition/`).
"""
