"""What was done at the desk, by whom, in a log in which nothing can be changed unseen.

Not here: what an item was (`publishing`), who may read the log (`staff.roles`).
"""
