"""Survivors' testimonies and the consent to publish them: models, admin, import.

Not here: other items (`updates`).
"""
