"""Wagtail's screens of users: a password that an administrator sets is a one-time password."""
