"""Follows every link of the product as one person and tells which pages there are."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

from gaobo_banzhuren.accounts.models import User

PER_ADDRESS = 2
"""So many pages behind one address pattern are opened; the rest of a long list looks alike."""
HREF = re.compile(r'<a\b[^>]*?\bhref="([^"#][^"]*)"')
ADMIN = "/admin/"


@dataclass(frozen=True)
class Found:
    """A page that opens: its address, the name of the pattern behind it, and the template it is drawn with."""

    path: str
    name: str
    template: str


@dataclass
class Crawl:
    pages: list[Found] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)


def crawl(user: User) -> Crawl:
    """Breadth first from the start page. A link that does not open is dead; downloads count as open."""
    client = Client()
    client.force_login(user)
    result, opened = Crawl(), Counter[str]()
    waiting, seen = [("/", "")], {"/"}
    while waiting:
        path, where = waiting.pop(0)
        try:
            name = resolve(urlsplit(path).path).view_name
        except Resolver404:
            result.dead.append(f"{user.name}: {path} on {where} leads nowhere")
            continue
        opened[name] += 1
        if opened[name] > PER_ADDRESS or path.startswith(ADMIN):
            continue
        response = client.get(path)
        if response.status_code >= 400:
            result.dead.append(f"{user.name}: {path} on {where} answers {response.status_code}")
        if response.streaming:
            response.close()
            continue
        if response.status_code != 200 or "text/html" not in response.headers["Content-Type"]:
            continue
        result.pages.append(Found(path, name, response.templates[0].name or ""))
        for link in HREF.findall(response.content.decode()):
            target = urlsplit(urljoin(f"http://testserver{path}", link.replace("&amp;", "&")))
            address = target.path + (f"?{target.query}" if target.query else "")
            if target.netloc == "testserver" and address not in seen:
                seen.add(address)
                waiting.append((address, path))
    return result
