"""Permissions on the complaints book."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, PermissionsMixin

REVIEW = "cms_complaints.review_complaints"


def may_review(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Reviewers, and whom their group was given."""
    return isinstance(user, PermissionsMixin) and user.is_active and user.has_perm(REVIEW)
