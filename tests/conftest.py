"""Settings that all tests share."""

from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is, not whether the program is right.
settings.register_profile("huiyin", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("huiyin")
