"""Notifications: outbox, texts, channels, inbox, preferences.

Knows recipients by the user model's setting only; never why a notification is sent."""
