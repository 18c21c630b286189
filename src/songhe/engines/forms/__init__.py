"""Scored forms and their answers: a version is kept by the hash of its content, answers are sealed with the
person's own key, and locked answers cannot be changed by anyone."""
