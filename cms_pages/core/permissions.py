"""Page actions of administrators only: sections of the site cannot be moved or removed."""

from wagtail.models import PagePermissionTester

PROMISED = ("how-to-register", "privacy", "disclosure")  # plain pages whose addresses the portal's own screens name


class SectionStays(PagePermissionTester):
    """Rights at a page; home and the sections are edited, and neither deleted, nor unpublished, nor moved."""

    def must_stay(self) -> bool:
        """Whether the page is the only one of its kind, or one that the portal links to."""
        only_one = self.page.specific_class is not None and self.page.specific_class.max_count == 1
        return not self.user.is_superuser and (only_one or self.page.slug in PROMISED)

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        return not self.must_stay() and bool(super().can_delete(ignore_bulk=ignore_bulk))

    def can_unpublish(self) -> bool:
        return not self.must_stay() and bool(super().can_unpublish())

    def can_move(self) -> bool:
        return not self.must_stay() and bool(super().can_move())
