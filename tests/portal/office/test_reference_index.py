"""Wagtail's reference index says where pages, pictures and documents are used: records of the office stay out of it."""

import pytest
from wagtail.models import ReferenceIndex

from tests.people import Cast


def test_no_model_of_the_office_is_indexed() -> None:
    indexed = {model._meta.label for model in ReferenceIndex.indexed_models}
    assert not [label for label in indexed if not label.startswith(("cms_", "wagtail"))]
    assert "cms_documents.DocumentPage" in indexed


def test_the_save_of_an_account_is_one_query(cast: Cast, django_assert_num_queries: pytest.FixtureRequest) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        cast.anna.account.save()
