"""The demonstration content, synthetic content for measuring, and its drawn pictures.

Not here: fixtures of the tests (`tests/support/`).
"""
