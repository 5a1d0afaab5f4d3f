"""For whoever runs the bot: logs, backups, the doctor, and servers that come and go."""
