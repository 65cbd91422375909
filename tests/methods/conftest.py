from tests.snn.conftest import one_thread, same_random_weights

__all__ = ["one_thread", "same_random_weights"]
