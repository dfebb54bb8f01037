"""What the bot tells of itself to those who watch it: the process, the queue, the sources, never a person."""
