"""Questions to the company from anybody: numbered, answered by staff, a thread by mail and in the cabinet."""
