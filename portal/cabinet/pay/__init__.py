"""Pages of paying: the sum, the state of a payment, the history, asking for a refund."""
