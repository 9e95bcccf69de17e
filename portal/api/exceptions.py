"""What the API's own services refuse."""


class TooManyKeys(Exception):
    """The login has as many standing keys as it may."""
