"""How bytes come here: mirrors, downloads, archives, provided folders. All of them verified."""
