"""Pure decisions of canteens."""
