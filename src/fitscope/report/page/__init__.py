"""report.html: the whole of a study on one page that needs no network."""

from fitscope.report.page.data import page_data
from fitscope.report.page.write import render_page, write_page

__all__ = ["page_data", "render_page", "write_page"]
