"""What is called and is nobody: groups, queues, attendants, virtual lines; and what they play and go by."""
