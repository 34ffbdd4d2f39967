"""What was said in calls: segments of both sides, with the times of their words."""
