"""How firmly the content of a data set is fixed, in a sentence for the page."""

from spikebench.data.registry import DatasetSpec


def pin_statement(listed: DatasetSpec, fetched: DatasetSpec, *, provided: bool) -> str:
    """Say how many of the `fetched` files are the ones that `listed` pins by hash.

    `provided`: whether the user brought them. The content that was used is in the results either
    way, as the data set's hash.
    """
    pins = {(e.name, e.role, e.scale): e.sha256 for e in listed.files if e.sha256}
    same = sum(pins.get((e.name, e.role, e.scale)) == e.sha256 for e in fetched.files)
    count = f"{same} of {len(fetched.files)} files"
    if provided:
        return f"Provided by whoever made this run; {count} are the pinned ones."
    if same == len(fetched.files):
        return "Fully pinned: the SHA-256 of every file is fixed."
    return f"Not fully pinned: {count} have a fixed SHA-256, the others as they were at first use."
