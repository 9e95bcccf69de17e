"""What other records refer to some records: asked before these are deleted."""

from collections.abc import Collection, Sequence

from django.db.models import ForeignObjectRel, Model

from portal.core.bulk import batches

BATCH = 500


def references(
    model: type[Model], pks: Sequence[int], *, besides: Collection[type[Model]] = ()
) -> dict[type[Model], int]:
    """Return how many rows of which models refer to records; one query a relation and 500 records.

    `besides` are models whose rows go along with the records.
    """
    counts: dict[type[Model], int] = {}
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.many_to_many:
            continue
        related = relation.related_model
        if related in besides:
            continue
        for batch in batches(pks, BATCH):
            batch_count = related._base_manager.filter(**{f"{relation.field.name}__in": batch}).count()
            if batch_count:
                counts[related] = counts.get(related, 0) + batch_count
    return counts
