"""The resident's own API (django-ninja) with its OpenAPI.

Composes services and selectors; holds no rule of the business. Its keys belong to portal.accounts."""
