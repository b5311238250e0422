"""Views: formula, plot, factory, code, walk; and the page that holds them."""
