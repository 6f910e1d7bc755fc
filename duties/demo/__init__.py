"""Invented work of class teachers for the demo college, written through the services."""
