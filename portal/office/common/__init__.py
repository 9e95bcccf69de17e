"""What all sections share: base of lists and views, menu, registration, form fields, tokens."""
