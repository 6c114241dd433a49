"""What an editor blacks out or cuts away is gone from every stored drawing of the picture."""

import io

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from publishing.workflow import transitions
from tests.support.desk_client import admin_url, log_in, submit_form
from tests.support.factories import make_update

pytestmark = pytest.mark.django_db


def white(size=(800, 600), name="square.png"):
    stream = io.BytesIO()
    Image.new("RGB", size, "white").save(stream, "PNG")
    return SimpleUploadedFile(name, stream.getvalue(), "image/png")


def drawings(update):
    update.refresh_from_db()
    for rendition in update.picture["renditions"]:
        with default_storage.open(rendition["name"]) as stored:
            yield Image.open(io.BytesIO(stored.read())).convert("RGB")


def brightness(picture, x, y):
    """Of the pixel at these fractions of the picture, 0 to 255."""
    return sum(picture.getpixel((int(x * picture.width), int(y * picture.height)))) // 3


def with_picture(client, **more):
    log_in(client)
    update = make_update()
    submit_form(client, admin_url(update), new_picture=white(), picture_decorative="on", **more)
    return update


def test_a_box_is_black_in_every_drawing_and_nothing_else_is(client):
    update = with_picture(client, black_boxes="25 25 75 75")
    found = [(brightness(one, 0.5, 0.5), brightness(one, 0.1, 0.1)) for one in drawings(update)]
    assert all(inside < 8 and outside > 247 for inside, outside in found)
    assert len(found) > 2


def test_a_cut_keeps_that_part_alone(client):
    update = with_picture(client, cut_out="0 0 50 100")
    update.refresh_from_db()
    assert (update.picture["width"], update.picture["height"]) == (400, 600)


def test_a_stored_picture_is_blacked_out_without_its_original(client, django_capture_on_commit_callbacks):
    update = with_picture(client)
    update.refresh_from_db()
    before = [one["name"] for one in update.picture["renditions"]]
    with django_capture_on_commit_callbacks(execute=True):
        submit_form(client, admin_url(update), black_boxes="0,0,50,50")
    assert all(brightness(one, 0.25, 0.25) < 8 for one in drawings(update))
    assert not any(default_storage.exists(name) for name in before)


def test_a_box_without_a_picture_says_that_there_is_none(client):
    log_in(client)
    answer = submit_form(client, admin_url(make_update()), black_boxes="0 0 50 50")
    assert "There is no picture to black out or crop." in answer.content.decode()


@pytest.mark.parametrize("line", ["1 2 3", "0 0 101 50", "50 50 20 60", "a b c d", "0 0 50 50 60", "-5 0 50 50"])
def test_a_line_that_is_no_box_is_named(client, line):
    log_in(client)
    update = make_update()
    answer = submit_form(client, admin_url(update), new_picture=white(), picture_decorative="on", black_boxes=line)
    assert f"“{line}” is not a box" in answer.content.decode()
    update.refresh_from_db()
    assert update.picture is None


def test_only_one_part_can_be_cut_out(client):
    log_in(client)
    answer = submit_form(client, admin_url(make_update()), new_picture=white(), cut_out="0 0 50 50\n50 50 90 90")
    assert "At most 1 boxes" in answer.content.decode()


def test_the_point_to_keep_in_view_is_kept_without_drawing_the_picture_anew(client):
    update = with_picture(client)
    update.refresh_from_db()
    before = update.picture["renditions"]
    submit_form(client, admin_url(update), keep_in_view="50 10")
    update.refresh_from_db()
    assert update.picture["focus"] == [0.5, 0.1]
    assert update.picture["renditions"] == before


def test_the_point_moves_with_what_is_cut_out(client):
    update = with_picture(client, cut_out="50 0 100 100", keep_in_view="75 20")
    update.refresh_from_db()
    assert update.picture["focus"] == [0.5, 0.2]


def test_a_form_that_is_opened_and_saved_leaves_the_point_as_it_is(client):
    update = with_picture(client, keep_in_view="33 66")
    submit_form(client, admin_url(update), title_en="Other words")
    update.refresh_from_db()
    assert update.picture["focus"] == [0.33, 0.66]


@pytest.mark.parametrize("line", ["50", "50 101", "1 2 3", "left top"])
def test_what_is_no_point_is_named(client, line):
    log_in(client)
    update = make_update()
    answer = submit_form(client, admin_url(update), new_picture=white(), picture_decorative="on", keep_in_view=line)
    assert f"“{line}” is not a point" in answer.content.decode()


@pytest.mark.parametrize(("down", "shown"), [("5", "at0"), ("50", "at2"), ("95", "at4")])
def test_a_tall_picture_is_shown_around_its_point_and_whole_on_a_press(client, down, shown):
    log_in(client)
    update = make_update()
    picture = white(size=(400, 1600))
    submit_form(client, admin_url(update), new_picture=picture, picture_decorative="on", keep_in_view=f"50 {down}")
    update.refresh_from_db()
    transitions.publish(update)
    page = client.get(f"/en/belarus/updates/{update.slug}/").content.decode()
    assert f'class="{shown}"' in page
    assert "Show the whole picture" in page


def test_a_picture_that_fits_a_screen_is_never_cut(client):
    update = with_picture(client, keep_in_view="50 5")
    update.refresh_from_db()
    transitions.publish(update)
    assert "Show the whole picture" not in client.get(f"/en/belarus/updates/{update.slug}/").content.decode()
