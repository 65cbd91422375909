from pathlib import Path

import pytest

from spikebench.io.local import at_home, local_path


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("file:///data/my%20net.pth", "/data/my net.pth"),
        ("file:/data/net.pth", "/data/net.pth"),
        ("/data/net.pth", "/data/net.pth"),
        ("~/net.pth", "~/net.pth"),
        ("nets/net.pth", "nets/net.pth"),
        ("https://example.org/net.pth", None),
        ("s3://bucket/net.pth", None),
    ],
)
def test_what_has_no_scheme_or_that_of_files_is_a_path(address, path):
    assert local_path(address) == path


def test_a_users_path_starts_at_home_at_the_root_or_where_it_says(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    found = [at_home(path, Path("backbones")) for path in ("~/a", "/data/a", "a", "~nobody_here/a")]
    expected = ["/home/me/a", "/data/a", "backbones/a", "backbones/~nobody_here/a"]
    assert found == list(map(Path, expected))
