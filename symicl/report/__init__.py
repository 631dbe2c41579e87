"""What people read: documents and pictures."""
