"""The engineer's screens: applications with their clock, the day's visits, the checklist on a phone, certificates."""
