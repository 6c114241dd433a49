"""What was done at the desk, by whom, in a log in which nothing can be changed unseen; and what was taken back.

Not here: what an item was (`publishing`), who may read the log (`staff.roles`).
"""
