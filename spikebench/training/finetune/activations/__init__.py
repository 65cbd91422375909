"""What a recipe trains for: the kinds of spikes, each as a function of the mean current."""
