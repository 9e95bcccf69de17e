"""Rate limits of what people send: counted in the database, exact under parallel requests, set by staff.

`declared` names every limit with its default, `services.spend` counts, `edge` answers 429 with Retry-After.
"""
