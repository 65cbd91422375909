"""From a module to a trace in few kinds of calls: weights plain, sizes known, norms folded."""
