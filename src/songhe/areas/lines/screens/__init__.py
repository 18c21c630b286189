"""Lines on screen."""
