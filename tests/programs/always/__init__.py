"""Programs that fail under every schedule: failures, but not races."""
