"""Shared by all sections: base of lists and views, menu, registration, form fields, tokens."""
