from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from audit.append_only import install_guard

# What a purge takes out of a release, and nothing else, once the purge itself stands among the releases.
EMPTIED_COLUMNS = {"document", "salt", "note", "slug"}
EMPTIED = (
    "NEW.document IS NULL AND NEW.salt = '' AND ({new}) IS NOT DISTINCT FROM ({old}) AND EXISTS "
    "(SELECT 1 FROM publishing_release AS purge WHERE purge.uid = OLD.uid AND purge.action = 'purge')"
)


def guard_releases(sender, using, **kwargs):
    model = sender.get_model("Release")
    kept = [field.column for field in model._meta.local_fields if field.column not in EMPTIED_COLUMNS]
    new, old = (", ".join(f'{row}."{column}"' for column in kept) for row in ("NEW", "OLD"))
    install_guard(model, using=using, allowed=EMPTIED.format(new=new, old=old))


class PublishingConfig(AppConfig):
    name = "publishing"
    verbose_name = _("Publishing")

    def ready(self):
        import_module("publishing.external_copies")
        import_module("publishing.screening.findings")
        import_module("publishing.workflow.listed_later")
        post_migrate.connect(guard_releases, sender=self)
