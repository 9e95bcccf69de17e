"""The portal on several machines: each host is a network namespace of this one (needs root, iproute2, pgbouncer)."""
