"""The form of a working copy: its words in every language, its picture, and the guard against overwriting.

Not here: what is asked before a transition (`transitions/forms.py`), how two versions are compared
(`versions/conflicts.py`).
"""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publishing.media import files, images
from publishing.text.redirects import REDIRECTS_REMOVED, count_redirects
from publishing.translations import get_site_language_direction, get_site_language_name, get_translated_fields

from . import edit_conflicts, guidelines, picture_widgets


class TranslatedFieldsForm(forms.ModelForm):
    """A form with fields in every language of which only one has to be filled."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for columns in get_translated_fields(type(self.instance)).values():
            for code, name in columns.items():
                if name in self.fields:
                    self.set_field_language(self.fields[name], code)
        guidelines.add_guidelines(self.fields, type(self.instance))

    def set_field_language(self, field, code):
        field.required = False
        # modeltranslation names the language in the label; here the tab does that.
        field.label = str(field.label).rpartition(" [")[0] or field.label
        field.widget.attrs |= {"lang": code, "dir": get_site_language_direction(code)}

    def clean(self):
        data = super().clean()
        for name, columns in get_translated_fields(type(self.instance)).items():
            present = [column for column in columns.values() if column in self.fields]
            if present and not self.instance._meta.get_field(name).blank and name not in self.get_given():
                self.require_one(columns)
        return data

    def get_given(self):
        """The translated fields whose words are on the form as they were given, so that no translation is demanded."""
        return self.instance.ORIGINALS if self.cleaned_data.get("original_language") else {}

    def require_one(self, columns):
        """What the model demands is demanded once: in the language in which the item is written first."""
        code = self.cleaned_data.get("language")
        wanted = [columns[code]] if code in columns else list(columns.values())
        wanted = [column for column in wanted if column in self.fields]
        if wanted and not any(self.cleaned_data.get(column) or column in self.errors for column in wanted):
            self.add_error(wanted[0], self.get_required_message(code if code in columns else None))

    def get_required_message(self, code):
        if code:
            return _("Write this in %s, or choose another language as the first.") % get_site_language_name(code)
        return _("Write this in at least one language.")


class PublicationForm(TranslatedFieldsForm):
    """`version` is the one that the person saw; `current` is the row as it is now, held until the request ends."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    current = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version

    def _post_clean(self):
        """After the model has cleaned every value, so that only real differences are shown."""
        super()._post_clean()
        if self.instance.pk:
            rows = type(self.instance)._default_manager.select_for_update()
            self.current = rows.get(pk=self.instance.pk)
            if self.cleaned_data.get("version") != self.current.version:
                edit_conflicts.add_conflict_errors(self, current=self.current)

    def columns(self):
        """The fields of the row itself that this form offers."""
        return [field.name for field in self.instance._meta.concrete_fields if field.name in self.fields]

    def relations(self):
        """The fields that are kept beside the row."""
        return [field.name for field in self.instance._meta.many_to_many if field.name in self.fields]

    def answers(self):
        """Field -> what the person wants there, in a form that can be compared."""
        given = {name: get_comparable_value(getattr(self.instance, name)) for name in self.columns()}
        return given | {name: get_comparable_value(self.cleaned_data.get(name)) for name in self.relations()}

    def values_of(self, item):
        """The same of a row of the database, or of its history, which does not know the relations."""
        names = [*self.columns(), *self.relations()]
        return {name: get_comparable_value(getattr(item, name)) for name in names if hasattr(item, name)}

    def has_differences(self):
        """Whether anything on the form is other than in the database."""
        return self.current is None or self.answers() != self.values_of(self.current)

    def assign_files(self, item):
        """For what was uploaded; called before the row is written."""

    def save_relations(self):
        """For what Django's forms do not save by themselves; called once the row exists."""

    def new_files(self):
        """Names of files that were stored for this form."""
        return []

    def reason(self):
        """What the history should say beside the changed columns."""
        return ""

    def sentences(self):
        """What the person should be told once after saving."""
        texts = [value for name, value in self.data.items() if name in self.fields and isinstance(value, str)]
        redirects = sum(map(count_redirects, texts))
        return [REDIRECTS_REMOVED % redirects] if redirects else []


def get_comparable_value(value):
    """A value of a field, of a row or of a form, as one that may be compared with the other."""
    if value is None:
        return ""
    if hasattr(value, "all"):
        value = value.all()
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        return getattr(value, "pk", value)
    return frozenset(getattr(one, "pk", one) for one in value)


class PictureForm(PublicationForm):
    """Takes a picture in, rebuilt from its pixels; the upload itself is never kept."""

    new_picture = forms.FileField(
        label=gettext_lazy("New picture"),
        required=False,
        widget=picture_widgets.PictureInput,
        help_text=gettext_lazy(
            "JPEG, PNG or WebP, up to 10 MB. The picture is re-encoded: location, camera data, hidden notes and the "
            "original file are not kept. Keep the original elsewhere if it is evidence."
        ),
    )
    black_boxes = picture_widgets.BoxesField(
        label=gettext_lazy("Black out"),
        help_text=gettext_lazy(
            "Faces, number plates, screens. One box per line, in percent of the picture: left, top, right, bottom, "
            "for example “20 30 45 60”. Nothing under a box is kept."
        ),
    )
    cut_out = picture_widgets.BoxesField(
        most=1,
        label=gettext_lazy("Crop"),
        help_text=gettext_lazy("The part to keep, as one line of this form. Leave empty for the whole picture."),
    )
    keep_in_view = picture_widgets.PointField(
        label=gettext_lazy("Keep in view"),
        help_text=gettext_lazy(
            "A tall picture is shown cropped to its most important part, and in full when pressed. The centre of the "
            "crop, in percent: across, down, for example “50 30”. Empty: the middle."
        ),
    )
    remove_picture = forms.BooleanField(
        label=gettext_lazy("Remove the picture"),
        required=False,
        help_text=gettext_lazy("Readers see it until you publish again."),
    )
    drawn = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["keep_in_view"] = (getattr(self.instance, "picture", None) or {}).get("focus")

    def _post_clean(self):
        super()._post_clean()
        upload = self.cleaned_data.get("new_picture")
        if upload and self.errors:
            self.add_error("new_picture", _("Choose the picture again when the other errors are corrected."))
        elif not self.errors and (upload or self.get_retouching()):
            self.draw(upload)

    def get_retouching(self):
        return self.cleaned_data.get("black_boxes") or self.cleaned_data.get("cut_out")

    def draw(self, upload):
        """Draws the upload, or, where there is none, once more what is stored: its original was never kept."""
        try:
            source = upload or picture_widgets.open_largest_rendition(self.instance.picture)
            crop = next(iter(self.cleaned_data.get("cut_out") or []), None)
            focus = self.cleaned_data.get("keep_in_view")
            if focus and crop:
                focus = picture_widgets.map_point_to_crop(focus, crop)
            boxes = self.cleaned_data.get("black_boxes") or []
            self.drawn = images.rebuild_picture(source, boxes=boxes, crop=crop, focus=focus)
        except ValidationError as error:
            self.add_error("new_picture", error)

    def has_differences(self):
        return (
            bool(self.drawn or self.cleaned_data.get("remove_picture"))
            or self.has_new_focus()
            or super().has_differences()
        )

    def has_new_focus(self):
        """Whether nothing of the picture changes but the point that it is cut around."""
        return bool(self.instance.picture) and "keep_in_view" in self.changed_data

    def new_files(self):
        return get_rendition_names(self.drawn.kept()) if self.drawn else []

    def assign_files(self, item):
        if not self.drawn and not self.cleaned_data.get("remove_picture"):
            if self.has_new_focus():
                item.picture = {**item.picture, "focus": self.cleaned_data["keep_in_view"]}
            return
        replaced = get_rendition_names(item.picture)
        item.picture = self.drawn.kept() if self.drawn else None
        files.delete_files_later(replaced)

    def sentences(self):
        if not self.drawn:
            return super().sentences()
        if not self.cleaned_data.get("new_picture"):
            return [
                *super().sentences(),
                _("The picture was re-encoded. Readers see the earlier one until you publish again."),
            ]
        return [
            *super().sentences(),
            _("The file you chose had the SHA-256 %s. It was not kept; note this if the file is evidence.")
            % self.drawn.sha256,
        ]


def get_rendition_names(picture):
    """The stored files of a picture as a model keeps it."""
    return [rendition["name"] for rendition in (picture or {}).get("renditions", [])]
