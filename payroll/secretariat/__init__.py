"""A social secretariat beside us: the month's variables out, its results in, each difference decided by a person."""
