#!/usr/bin/python3
"""A WebKitGTK browser for WebKitWebDriver that grants every permission, which MiniBrowser asks for on screen."""

import os

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gtk, WebKit2  # noqa: E402

PROFILE = os.environ["WEBKIT_BROWSER_PROFILE"]

settings = WebKit2.Settings()
settings.set_property("enable-media-stream", True)
settings.set_property("enable-webaudio", True)
settings.set_property("enable-page-cache", True)
settings.set_property("media-playback-requires-user-gesture", False)
settings.set_property("hardware-acceleration-policy", WebKit2.HardwareAccelerationPolicy.NEVER)
data = WebKit2.WebsiteDataManager(base_data_directory=PROFILE, base_cache_directory=PROFILE + "/cache")
context = WebKit2.WebContext.new_with_website_data_manager(data)
context.set_automation_allowed(True)


def allow(_view, request):
    request.allow()
    return True


def grant(_view, query):
    query.finish(WebKit2.PermissionState.GRANTED)
    return True


def create_view(_session, *_):
    view = WebKit2.WebView(web_context=context, settings=settings, is_controlled_by_automation=True)
    view.connect("permission-request", allow)
    view.connect("query-permission-state", grant)
    window = Gtk.Window()
    window.set_default_size(1000, 700)
    window.add(view)
    window.show_all()
    view.connect("notify::title", lambda view, _: toggle(window, view.get_title()))
    view.connect("close", lambda _view: window.destroy())
    return view


def toggle(window, title):
    if title == "hide":
        window.hide()
    elif title == "show":
        window.show_all()


def start(_context, session):
    info = WebKit2.ApplicationInfo()
    info.set_name("ossicle-test-browser")
    info.set_version(WebKit2.get_major_version(), WebKit2.get_minor_version(), WebKit2.get_micro_version())
    session.set_application_info(info)
    session.connect("create-web-view", create_view)


context.connect("automation-started", start)
Gtk.main()
