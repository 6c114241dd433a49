"""What an operator runs: backup, restore, privacy audit.

Not here: settings and checks (`ohrm`), sending and mirroring (their own rooms).
"""
