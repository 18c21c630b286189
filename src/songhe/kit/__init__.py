"""The screen, built once: an area says what a record is, and the kit draws its list, page, verbs and exports.

Areas import from ``songhe.kit.spec`` (records, columns, verbs), ``songhe.kit.pages`` (pages, home panels,
navigation), ``songhe.kit.charts`` (drawings) and ``songhe.kit.fields`` (labels of form fields).
"""
