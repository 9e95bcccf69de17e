"""Reports of the staff on Wagtail's report views; docs/how-to/report.md says how to add one."""
