"""What a run is: its configuration, what it names, its jobs, where its files lie, what failed."""
