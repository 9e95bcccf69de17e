"""The card of an account, its search and statement, lists of residents."""
