"""Building blocks that methods share. The core never imports them."""
