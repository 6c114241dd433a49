"""What the public side asks of the rooms above it. Each room connects its receivers in `apps.py`."""

from django.dispatch import Signal

sitemap_sources_requested = Signal()  # answer: a list of `syndication.sitemaps.SitemapSource`
mirror_rows_requested = Signal()  # `using`, an alias of the site's database; answer: unsaved rows for a copy
