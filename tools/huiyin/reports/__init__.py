"""What people are told of many cases at once: lists of deadlines, inboxes."""
