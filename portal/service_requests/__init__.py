"""Dispatch, commissioning, replacement, outages' requests, support questions.

Knows meters and billing; not payments, nor pages."""
