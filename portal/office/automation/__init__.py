"""Steps of the month and jobs of the timetable."""
