# SPDX-License-Identifier: MIT
"""The Scrapy spider that tests/bench/run measures: follows every link of one host, keeps each page."""
import scrapy
from scrapy.linkextractors import LinkExtractor


class Spider(scrapy.Spider):
    name = "bench"
    custom_settings = {
        "CONCURRENT_REQUESTS": 32,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 32,
        "DOWNLOAD_DELAY": 0,
        "AUTOTHROTTLE_ENABLED": False,
        "ROBOTSTXT_OBEY": False,
        "RETRY_ENABLED": False,
        "COOKIES_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_LEVEL": "WARNING",
    }
    links = LinkExtractor(deny_extensions=["png", "pdf", "txt", "css"])

    def start_requests(self):
        yield scrapy.Request(self.seed)

    def parse(self, response):
        yield {"url": response.url, "body": response.text}
        for link in self.links.extract_links(response):
            if link.url.startswith(self.seed.rsplit("/", 1)[0]):
                yield scrapy.Request(link.url)
