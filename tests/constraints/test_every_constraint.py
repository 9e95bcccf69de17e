"""The database refuses a row that breaks a constraint: each one, with no form or service in between."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

import pytest
from django.apps import apps
from django.db import DataError, IntegrityError, models, transaction
from django.db.models import CheckConstraint, UniqueConstraint

from tests.constraints.rows import Row, Search, unique_names

pytestmark = pytest.mark.django_db
ATTEMPTS = 40
OURS = ("portal.", "cms_pages.")


class _Undo(Exception):
    """Rolls back what the database accepted."""


def _all(kind: type) -> list[Any]:
    return list(_each(kind))


def _each(kind: type) -> Iterator[Any]:
    for model in apps.get_models():
        if model.__module__.startswith(OURS):
            for constraint in model._meta.constraints:
                if isinstance(constraint, kind):
                    yield pytest.param(model, constraint, id=constraint.name)


def _insert(model: type[models.Model], row: Row) -> None:
    """One INSERT, past `save` of the model and its automatic columns."""
    columns = {model._meta.get_field(name).attname: value for name, value in row.items()}  # type: ignore[union-attr]
    model(**columns).save_base(raw=True, force_insert=True)


def _refusal(model: type[models.Model], *rows: Row) -> str:
    """What the database says to the last row after it took those before; empty when it takes that, too."""
    refusal = ""
    with suppress(_Undo), transaction.atomic():
        for row in rows[:-1]:
            _insert(model, row)
        try:
            with transaction.atomic():
                _insert(model, rows[-1])
        except (DataError, IntegrityError) as error:
            refusal = str(error)
        raise _Undo
    return refusal


@pytest.mark.parametrize(("model", "constraint"), _all(CheckConstraint))
def test_a_row_that_breaks_a_check_is_refused(model: type[models.Model], constraint: CheckConstraint) -> None:
    search = Search(model, constraint.name)
    said = set()
    for row in islice(search.breaking(constraint.name), ATTEMPTS):
        said.add(refusal := _refusal(model, row))
        if constraint.name in refusal:
            return
        assert refusal, f"the database takes {row}"
    assert said, f"no row breaks {constraint.name}"
    # Every row that breaks it breaks another one, too, which the database names first, or does not fit the column.
    assert all("overflow" in refusal or any(other in refusal for other in search.conditions) for refusal in said), said


@pytest.mark.parametrize(("model", "constraint"), _all(UniqueConstraint))
def test_a_second_row_of_the_same_is_refused(model: type[models.Model], constraint: UniqueConstraint) -> None:
    columns = [f"{model._meta.db_table}.{model._meta.get_field(name).column}" for name in unique_names(constraint)]  # type: ignore[union-attr]
    said = set()
    for first, second in islice(Search(model, constraint.name).twins(constraint), ATTEMPTS):
        said.add(refusal := _refusal(model, first, second))
        if constraint.name in refusal or all(column in refusal for column in columns):
            return
        assert refusal, f"the database takes {first} and {second}"
    pytest.fail(f"no pair breaks {constraint.name} alone: {said}")
