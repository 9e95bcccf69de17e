"""Tariff decisions, which hand their rates to billing when published, and services with prices."""
