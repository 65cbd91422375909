"""Training images that are test images: found by their decoded pixels, whatever they are called.

A crop, a grey version or another compression of a test image has other pixels and is not found.
"""

from spikebench.data.registry import DatasetSpec
from spikebench.errors import BenchError


def shared_images(training: DatasetSpec, test: DatasetSpec) -> list[tuple[str, str]]:
    """Return (training image, test image) for every clean image that both sets hold.

    Files whose pixels are not known yet, because they were never fetched, are passed over.
    """
    known = {entry.pixel_sha256: entry.name for entry in training.targets}
    return [
        (known[entry.pixel_sha256], entry.name)
        for entry in test.targets
        if entry.pixel_sha256 and entry.pixel_sha256 in known
    ]


def refuse_leak(training: DatasetSpec, test: DatasetSpec, purpose: str) -> None:
    """Raise `BenchError` where the sets share an image.

    `purpose` says what the training set does here, such as "which calibrates dncnn_s25".
    """
    shared = shared_images(training, test)
    if shared:
        first = ", ".join(f"{ours} = {theirs}" for ours, theirs in shared[:3])
        raise BenchError(
            f"'{training.name}', {purpose}, holds {len(shared)} images of the test set "
            f"'{test.name}' ({first}{', ...' if len(shared) > 3 else ''}). What is trained on a "
            "test image cannot be tested on it: name another training set."
        )
