"""The main classes of the site: every page is in exactly one, by the first part of its address."""

from __future__ import annotations

SERVICES, BODIES, DISCLOSURE, ABOUT, ENGLISH = "办事服务", "机构职能", "政务公开", "关于本站", "English"
_CLASSES = {
    SERVICES: (
        "guides", "topics", "groups", "events", "regions", "az", "packages", "forms", "specials", "facilities", "apply",
        "status", "search", "me",
    ),
    BODIES: ("departments", "duties"),
    DISCLOSURE: ("notices", "policies", "procurement"),
    ABOUT: ("", "pages", "sitemap", "404.html", "preview", "statistics"),
    ENGLISH: ("en",),
}  # fmt: skip
_CLASS_OF = {first: name for name, firsts in _CLASSES.items() for first in firsts}


def main_class(url: str) -> str:
    """The one class of a page; KeyError for an address that nobody has put into a class."""
    return _CLASS_OF[url.split("/")[1]]


# The one label of every column and index, wherever a page names it.
LABELS = {
    "/": "首页",
    "/guides/": "办事指南",
    "/topics/": "按主题找",
    "/topics/person/": "个人办事",
    "/topics/corp/": "法人办事",
    "/groups/": "按人群找",
    "/events/": "按大事找",
    "/regions/": "按地区找",
    "/az/": "按拼音找",
    "/departments/": "部门",
    "/packages/": "一件事",
    "/forms/": "表格下载",
    "/specials/": "专题",
    "/facilities/": "便民设施",
    "/duties/": "权责清单",
    "/notices/": "通知公告",
    "/policies/": "政策文件",
    "/procurement/": "采购公告",
    "/status/": "办件查询",
    "/me/": "我的办件",
    "/statistics/": "办件统计",
    "/sitemap/": "站点地图",
}
LABEL_LENGTH = 12
