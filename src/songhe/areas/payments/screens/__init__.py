"""Screens of payments."""

from songhe.areas.payments import importing
from songhe.areas.payments.screens import answers, batches, budgets, checks, paid, payees, receivables, runs

__all__ = ["answers", "batches", "budgets", "checks", "importing", "paid", "payees", "receivables", "runs"]
