from wagtail.users.views.users import UserViewSet

from portal.office.users.forms import EditForm, NewUserForm


class PortalUserViewSet(UserViewSet):
    """Wagtail's users with our forms."""

    def get_form_class(self, for_update: bool = False) -> type[EditForm] | type[NewUserForm]:
        return EditForm if for_update else NewUserForm
