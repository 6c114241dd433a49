"""How mail is made and leaves: letterhead, transports, providers, what answers mean, the check of our domain.

Not here: what a mail says (`subscribers/`, `composition/`), which mail goes out when (`delivery/`).
"""
