"""The home page: what a resident needs first. It composes the calendar, outages, rates and news."""
