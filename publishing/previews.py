"""This module knows who draws the page of each type of publication, for readers and for a preview alike."""

PREVIEW_VIEWS = {}  # type -> function(request, entry, situation) -> response


def register_preview(kind):
    """Registers `function(request, entry, situation) -> response` as what draws the page of one type.

    `situation` is the entry of the situation as it would be, for items whose situation is not public yet.
    """

    def register(function):
        PREVIEW_VIEWS[kind] = function
        return function

    return register
