"""What a run says about itself: `records` are the events, the other files bring them to people and programs."""
