"""This module knows who draws the page of each type of publication, for readers and for a preview alike."""

DRAWN_BY = {}  # type -> function(request, entry, situation) -> response


def shows(kind):
    """Registers `function(request, entry, situation) -> response` as what draws the page of one type.

    `situation` is the entry of the situation as it would be, for items whose situation is not public yet.
    """

    def register(function):
        DRAWN_BY[kind] = function
        return function

    return register
