"""Pages that editors edit: one Django app a folder. Calls the portal through services and selectors only."""
