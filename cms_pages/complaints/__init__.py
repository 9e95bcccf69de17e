"""The book of complaints and suggestions: public pages without personal data, private records, the reviewers' work."""
