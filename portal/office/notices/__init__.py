"""Notifications from the staff's side: texts, preview and test; what went to whom, and sending again."""
