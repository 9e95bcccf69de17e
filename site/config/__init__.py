"""Settings, addresses and the timetable: the top of the house, imported by nothing."""
