"""What feeds say → what we mean."""
