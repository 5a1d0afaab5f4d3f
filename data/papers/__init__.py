"""The papers that meetings and projects are about."""
