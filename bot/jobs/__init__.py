"""What the clock starts; each job is safe to run at any time, on any replica."""
