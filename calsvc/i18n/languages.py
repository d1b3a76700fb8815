"""Names the languages of the service."""

LANGUAGES = ("ja", "ja-x-easy", "en", "zh-Hans", "ko", "vi")
DEFAULT_LANGUAGE = "ja"
