"""The Discord kit: what every feature answers, asks and shows with."""
