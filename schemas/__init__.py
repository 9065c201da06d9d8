"""Guides, forms and the calendar: their JSON Schemas, and the small code that reads them."""
