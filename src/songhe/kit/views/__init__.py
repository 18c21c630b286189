"""The few views that draw every record, page and account screen."""
