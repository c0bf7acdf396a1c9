"""Programs that set up, check and measure the project; nothing in `src` imports them."""
