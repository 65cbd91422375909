"""Fine-tuning for spikes: weights and thresholds, for accuracy and energy together."""
