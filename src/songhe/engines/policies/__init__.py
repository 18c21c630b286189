"""Policy documents of the nation and of a city, each version kept by the hash of its text, selected by date and region."""
