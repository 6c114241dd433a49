"""What every list offers besides its page: the same items as feeds and as files, below /LL/S/ and /LL/search/."""

from django.urls import path

from . import exports, feeds

urlpatterns = [
    path("feed.atom", feeds.atom),
    path("feed.rss", feeds.rss),
    path("feed.json", feeds.json_feed),
    path("export.csv", exports.as_csv),
    path("export.json", exports.as_json),
    path("export.xlsx", exports.as_xlsx),
]
