"""The social secretariat beside us."""
