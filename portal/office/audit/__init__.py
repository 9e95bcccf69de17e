"""Report of who saw or changed residents' data, over Wagtail's log, by resident and by employee."""
