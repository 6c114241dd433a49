"""Lists for programs: feeds, exports, sitemap, robots, embed, the API and the page that explains it.

Not here: the pages of the site itself (`pages/`).
"""
