import settings

__all__ = ["LIMIT"]
LIMIT = settings.LIMIT
