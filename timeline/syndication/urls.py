"""What every list offers besides its page: the same items as feeds and as files, below /LL/S/ and /LL/search/."""

from django.urls import path

from . import exports, feeds

urlpatterns = [
    *(path(name, feeds.serve_feed, {"name": name}) for name in feeds.FEED_FORMATS),
    path("export.csv", exports.export_csv),
    path("export.json", exports.export_json),
    path("export.xlsx", exports.export_xlsx),
]
