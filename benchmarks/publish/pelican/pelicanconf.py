import json
from pathlib import Path

DATA = json.loads((Path(__file__).parent / "data.json").read_text("utf-8"))
SITENAME = "望澜政务服务网"
SITEURL = "https://zwfw.wanglan.example"
PATH = "content"
THEME = "."
THEME_STATIC_PATHS = []
TIMEZONE = "Asia/Shanghai"
DEFAULT_LANG = "zh_cn"
LOCALE = ["C"]
ARTICLE_PATHS = ["guides"]
ARTICLE_URL = "guides/{slug}/"
ARTICLE_SAVE_AS = "guides/{slug}/index.html"
CATEGORY_URL = "departments/{slug}/"
CATEGORY_SAVE_AS = "departments/{slug}/index.html"
TAG_URL = "topics/{slug}/"
TAG_SAVE_AS = "topics/{slug}/index.html"
PAGINATION_PATTERNS = [
    (1, "{base_name}/", "{base_name}/index.html"),
    (2, "{base_name}/{number}/", "{base_name}/{number}/index.html"),
]
DIRECT_TEMPLATES = ["index"]
DEFAULT_PAGINATION = 30
PAGINATED_TEMPLATES = {"tag": None, "category": None}
AUTHOR_SAVE_AS = ""
DELETE_OUTPUT_DIRECTORY = True
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = TRANSLATION_FEED_ATOM = None
STATIC_PATHS = ["static"]
JINJA_FILTERS = {"fromjson": json.loads}
JINJA_GLOBALS = {
    "site": DATA["site"],
    "departments": DATA["departments"],
    "topics": DATA["topics"],
    "labels": DATA["labels"],
}
MARKDOWN = {
    "extension_configs": {
        "markdown.extensions.tables": {},
        "markdown.extensions.sane_lists": {},
        "markdown.extensions.meta": {},
    },
    "output_format": "html5",
}
