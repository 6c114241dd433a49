"""The demonstration content: sheets, words and drawings. Nothing here is read until somebody loads the demo."""
