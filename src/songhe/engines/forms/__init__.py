"""Scored forms and their answers: a version is kept by the hash of its content, answers about a person, a household
or a facility are sealed with its own key, locked answers cannot be changed by anyone, and a form behind a gate begins
only when the form before it allows."""
