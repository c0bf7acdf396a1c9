"""Standards asked in one way wherever they are asked: on the desk, on a pull request, at a promotion."""
