"""URL routes of the news feeds."""

from django.urls import URLPattern, path

from cms_pages.news.feeds import AtomNews, RssNews

app_name = "cms_news"
urlpatterns: list[URLPattern] = [
    path("news/rss/", RssNews(), name="rss"),
    path("news/atom/", AtomNews(), name="atom"),
]
