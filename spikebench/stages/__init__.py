"""One module for each rule of the workflow that computes."""
