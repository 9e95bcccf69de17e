"""States of runs and of their chunks."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RunStatus(models.TextChoices):
    """How far a run is. A kind of run with more states has a class of its own that begins with these values."""

    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    INCOMPLETE = "incomplete", _("Done, some accounts wait")


class ChunkStatus(models.TextChoices):
    """How far a chunk of a run is."""

    QUEUED = "queued", _("Queued")
    DONE = "done", _("Done")
