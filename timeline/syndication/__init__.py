"""Lists for programs: feeds, exports, API, sitemap, robots, embed.

Not here: pages for people (`pages/`).
"""
