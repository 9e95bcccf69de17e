"""Who saw or changed which resident's data: a report over Wagtail's log, by resident and by employee."""
