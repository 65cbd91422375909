"""Let the C allocator keep the pages it has, instead of handing them back at every free.

A simulation allocates and frees the same few large maps at every step. glibc returns blocks above
its mmap threshold to the kernel at once, and every reuse pays page faults again: on a 64-channel
256x256 map that costs more than the neuron itself. Other C libraries have no `mallopt`; there the
call does nothing.
"""

import ctypes
import functools

M_TRIM_THRESHOLD = -1  # malloc.h of glibc
M_MMAP_THRESHOLD = -3
KEPT_BYTES = 1 << 30


@functools.cache
def keep_freed_pages() -> bool:
    """Raise glibc's mmap and trim thresholds to 1 GiB once; return whether that was possible."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    return bool(mallopt(M_MMAP_THRESHOLD, KEPT_BYTES) and mallopt(M_TRIM_THRESHOLD, KEPT_BYTES))
