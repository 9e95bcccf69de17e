"""The dispatcher's screens: the live list, a request, calls, incidents, outages, the shift's report."""
