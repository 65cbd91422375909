"""What a simulation counts: spikes where they are sent, work where it is done."""
