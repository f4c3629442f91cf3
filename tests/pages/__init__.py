"""Mailward's pages as a browser sees them: alone, and inside a control panel."""
