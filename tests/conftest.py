"""What every test shares: property tests that give the same answer on every run."""

from hypothesis import settings

settings.register_profile("calsvc", deadline=None, derandomize=True, database=None)
settings.load_profile("calsvc")
