"""Handing one mail to a server, whichever kind: SMTP, provider, files; what its answers mean.

Not here: which mail is due (`delivery/`).
"""
