"""Requests to the emergency dispatch service, from receipt to the resident's word."""
