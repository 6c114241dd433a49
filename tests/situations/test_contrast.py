"""An organisation may choose its link colours, as long as everybody can read them."""

import pytest
from django.core.exceptions import ValidationError

from situations.contrast import get_contrast_ratio
from situations.models import Organisation


def test_contrast_is_what_wcag_says_it_is():
    assert round(get_contrast_ratio("#000000", "#ffffff"), 1) == 21
    assert round(get_contrast_ratio("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "colour"),
    [
        ("link", "#777777"),
        ("link", "#b3b5ff"),
        ("link_seen", "#999999"),
        ("link_dark", "#2f2b92"),
        ("link_seen_dark", "#333333"),
        ("link", "red"),
        ("link", "#12345"),
        ("link", "url(x)"),
    ],
)
def test_a_colour_that_is_faint_or_none_is_refused_at_its_field(field, colour):
    organisation = Organisation(name_en="Witness Line", slug="organisation", **{field: colour})
    with pytest.raises(ValidationError) as refused:
        organisation.clean()
    assert list(refused.value.message_dict) == [field]


@pytest.mark.django_db
def test_the_colours_of_the_design_are_accepted():
    Organisation(name_en="Witness Line", slug="organisation").clean()
