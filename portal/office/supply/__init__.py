"""Persons and services of an account, closing an account."""
