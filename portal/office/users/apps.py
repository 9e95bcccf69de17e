from wagtail.users.apps import WagtailUsersAppConfig


class UsersConfig(WagtailUsersAppConfig):
    """wagtail.users with our forms."""

    user_viewset = "portal.office.users.viewsets.PortalUserViewSet"
