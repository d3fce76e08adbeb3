"""Pictures that coaches upload: a model of our own from the first migration."""

from django.db import models
from wagtail.images.models import AbstractImage, AbstractRendition, Image


class TrainingImage(AbstractImage):
    """A picture for a session."""

    credit = models.CharField(max_length=200, blank=True, help_text="Who made it, if asked for.")

    admin_form_fields = (*Image.admin_form_fields, "credit")


class TrainingRendition(AbstractRendition):
    """One size of a picture."""

    image = models.ForeignKey(TrainingImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="rendition_once"
            ),
        ]
