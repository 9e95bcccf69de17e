"""Permissions of tariffs."""

MAY_ADOPT = "cms_tariffs.adopt_rates"
