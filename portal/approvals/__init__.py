"""Money by two: refunds, corrections and recalculations above a limit wait for a second person. One mechanism for all.

Knows accounts and people, not what an operation books: the app that owns a kind registers it (`services.register`)."""
