"""What training patches say of thresholds, for all layers at once or one after the other."""
