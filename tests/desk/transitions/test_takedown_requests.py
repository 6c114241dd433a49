"""After a withdrawal: the list of copies that others hold, with words to ask for their removal."""

import pytest
from django.conf import settings

from newsletter.models import Edition
from publishing import external_copies
from publishing.models import PublishedFile, Release
from publishing.workflow import transitions
from situations.models import Organisation
from tests.support.desk_client import admin_url, log_in, read_form
from tests.support.factories import make_organisation, make_partner, make_update, publish_item, save_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def withdrawn():
    make_organisation(mirrors="https://mirror.example.net/\n\nhttps://usb.example.org/")
    update = make_update("A title that nobody should read", slug="first", public=True)
    update.co_publishers.set([make_partner("Memorial", url="https://memorial.example.org/")])
    update.slug = "second"
    publish_item(save_item(update))
    PublishedFile.objects.create(name="a1b2.jpg", uid=update.uid, type="image/jpeg")
    transitions.withdraw(update, reason="")
    return update


def edition(item, *, sent=3):
    return Edition.objects.create(numbers=[Release.objects.of(item.uid).first().pk], sent=sent, state="sent")


def get_copies_page(client, item, **query):
    return client.get(admin_url(item, "copies"), query).content.decode()


def test_after_withdrawing_the_way_to_the_list_is_shown(client):
    log_in(client)
    update = make_update(public=True)
    page = client.post(admin_url(update, "withdraw"), read_form(client, admin_url(update, "withdraw")), follow=True)
    assert page.content.decode().count(f'href="{admin_url(update, "copies")}"') == 2


def test_what_is_public_has_no_list_to_chase_on_its_form(client):
    log_in(client)
    update = make_update(public=True)
    assert admin_url(update, "copies") not in client.get(admin_url(update)).content.decode()


def test_every_mirror_that_is_known_is_listed(client, withdrawn):
    log_in(client)
    page = get_copies_page(client, withdrawn)
    for mirror in Organisation.objects.get().mirrors.split():
        assert mirror in page


def test_every_edition_that_left_with_it_is_listed(client, withdrawn):
    editions = [edition(withdrawn), edition(withdrawn)]
    unsent, other = edition(withdrawn, sent=0), Edition.objects.create(numbers=[999_999], sent=4, state="sent")
    log_in(client)
    page = get_copies_page(client, withdrawn)
    assert all(f"Edition {one.pk} of" in page for one in editions)
    assert not any(f"Edition {one.pk} of" in page for one in (unsent, other))


def test_partners_archives_and_search_engines_are_listed(client, withdrawn):
    log_in(client)
    page = get_copies_page(client, withdrawn)
    for name in ("Memorial", "Internet Archive", "archive.today", "Google", "Bing", "Yandex", "Feed readers"):
        assert name in page


def test_each_request_names_every_address_and_no_title(client, withdrawn):
    log_in(client)
    edition(withdrawn)
    requests = get_copies_page(client, withdrawn).split("<textarea")[1:]
    assert len(requests) == 7
    for request in requests:
        words = request.partition("</textarea>")[0]
        assert "A title that nobody should read" not in words
        for code, _label in settings.LANGUAGES:
            for slug in ("first", "second"):
                assert f"{settings.SITE_URL}/{code}/belarus/updates/{slug}/" in words
        assert f"{settings.SITE_URL}/media/a1b2.jpg" in words


def test_a_reason_is_given_only_when_it_was_chosen(client, withdrawn):
    log_in(client)
    assert "The reason: it could put a person in danger." in get_copies_page(client, withdrawn, why="person")
    assert "The reason:" not in get_copies_page(client, withdrawn)


@pytest.mark.parametrize("query", [{"language": "xx"}, {"why": "made up"}, {"language": "\0"}])
def test_what_cannot_be_chosen_changes_nothing(client, withdrawn, query):
    log_in(client)
    assert "<textarea" in get_copies_page(client, withdrawn, **query)


def test_the_requests_can_be_written_in_arabic(client, withdrawn):
    log_in(client)
    assert 'readonly lang="ar" dir="rtl"' in get_copies_page(client, withdrawn, language="ar")


def test_who_may_not_see_an_item_sees_no_list(client, withdrawn):
    log_in(client, "auditor", role="auditor")
    assert client.get(admin_url(withdrawn, "copies")).status_code == 403


def test_the_list_of_mirrors_is_never_public(client, withdrawn):
    publish_item(Organisation.objects.get())
    assert "mirror.example.net" not in str(Organisation.objects.get().document().as_json())
    assert "mirror.example.net" not in client.get("/en/").content.decode()


def test_an_item_that_was_never_public_stood_nowhere():
    assert external_copies.get_page_urls(make_update()) == []


def test_the_copy_that_the_site_keeps_itself_is_listed(client, withdrawn, settings):
    settings.MIRROR_DIR = "/srv/copy-of-ours"
    log_in(client)
    assert "/srv/copy-of-ours" in get_copies_page(client, withdrawn)
