"""`spikebench add`: the images and networks of a user become data sets and backbones here."""
