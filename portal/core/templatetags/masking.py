"""Filters that mask e-mail addresses."""

from django import template

from portal.core import masking

register = template.Library()
register.filter("masked_address", masking.masked_address)
register.filter("masked_addresses", masking.masked_addresses)
