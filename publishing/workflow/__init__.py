"""How a working copy becomes public and stops being so: transitions, approvals, schedule, entries, counts.

Not here: buttons and pages for it (`desk/transitions/`).
"""
