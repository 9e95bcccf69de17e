"""Shared by all pages: base page, blocks, menus, banner, search by word forms, content API.

Knows the portal only through selectors and services."""
