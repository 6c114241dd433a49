"""What is kept of a page, for whom, and what is passed on as it is."""

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import RequestFactory

from publishing.text import cleaning
from timeline.serving import caching


@pytest.mark.django_db
def test_one_path_at_two_hosts_is_two_pages(settings):
    cache.clear()
    settings.ALLOWED_HOSTS = ["a.example", "b.example"]
    view = caching.cache_public_page(lambda request: HttpResponse(request.get_host()))
    answers = [view(RequestFactory().get("/", headers={"host": host})).content for host in settings.ALLOWED_HOSTS]
    assert answers == [b"a.example", b"b.example"]


def test_an_answer_with_a_cookie_keeps_it_though_it_could_travel_lighter():
    def view(request):
        response = HttpResponse("page")
        response.set_cookie("a", "b")
        return response

    assert caching.compress_page(view)(RequestFactory().get("/")).cookies


def test_without_a_cache_there_is_no_room(settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    assert not caching.reserve_cache_slot("filtered")


@pytest.mark.parametrize("left", [0, 1])
def test_so_many_filtered_pages_are_kept_and_not_one_more(left):
    cache.clear()
    for _number in range(caching.MAX_FILTERED_PAGES - left):
        caching.reserve_cache_slot("filtered")
    assert caching.reserve_cache_slot("filtered") is bool(left)


def test_what_is_not_known_to_be_safe_is_not_changed_inside():
    with pytest.raises(TypeError):
        cleaning.transform_texts("<p>x</p>", str, classes=["a"])
