# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real browser without a screen, run on a host: opens a page and tells how it looks. Nothing but Python's own library.

``python3 browser.py PAGE`` with views as JSON on standard input: ``[{"width": 360, "dark": false}, …]``. It prints what
`MEASURE` finds in each view, and ``picture``, PNG in base64. It needs Debian's chromium-driver.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

HEIGHT = 900
START_SECONDS = 30

MEASURE = """
const channel = part => { part /= 255; return part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4; };
const parsed = text => (text.match(/[0-9.]+/g) || [0, 0, 0, 0]).map(Number);
const light = ([r, g, b]) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
const behind = element => {
  for (let one = element; one; one = one.parentElement) {
    const colour = parsed(getComputedStyle(one).backgroundColor);
    if (colour.length < 4 || colour[3] === 1) return colour;
  }
  return [255, 255, 255];
};
const ratio = element => {
  const [high, low] = [light(parsed(getComputedStyle(element).color)), light(behind(element))].sort((a, b) => b - a);
  return (high + .05) / (low + .05);
};
const spoken = [...document.body.querySelectorAll('*')].filter(
  one => [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()) && !one.closest('thead'));
const worst = spoken.map(one => [ratio(one), one.outerHTML.slice(0, 120)]).sort((a, b) => a[0] - b[0])[0];
const outside = [...document.body.querySelectorAll('*')].filter(one => {
  const box = one.getBoundingClientRect();
  return box.width && !one.closest('thead') && (box.right > innerWidth + .5 || box.left < -.5 || one.scrollWidth > one.clientWidth + 1
    && getComputedStyle(one).display !== 'inline' && one.clientWidth);
});
return {
  width: innerWidth,
  scrolls: document.documentElement.scrollWidth - innerWidth,
  outside: outside.map(one => one.outerHTML.slice(0, 120)),
  rows: [...document.querySelectorAll('tbody')].filter(one => one.getBoundingClientRect().height > 20).map(
    one => one.querySelector('b').textContent),
  small: Math.min(...spoken.map(one => parseFloat(getComputedStyle(one).fontSize))),
  contrast: worst,
  height: document.documentElement.scrollHeight,
  resources: performance.getEntriesByType('resource').length,
  scripts: document.scripts.length,
  background: getComputedStyle(document.body).backgroundColor,
  text: document.body.innerText,
};
"""


class Driver:
    """One session of chromedriver (WebDriver, W3C)."""

    def __init__(self, folder: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(["chromedriver", f"--port={self.port}"], stdout=subprocess.DEVNULL)
        self.base = f"http://127.0.0.1:{self.port}"
        self._ready()
        words = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={folder}"]
        options = {"args": [*words, "--disable-dev-shm-usage"]}
        wanted = {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options}}
        self.base += f"/session/{self.ask('/session', {'capabilities': wanted})['sessionId']}"

    def _ready(self) -> None:
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                self.ask("/status")
                return
            except OSError:
                if time.monotonic() > end or self.process.poll() is not None:
                    raise
                time.sleep(0.1)

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)["value"]

    def tool(self, command: str, **parameters: Any) -> Any:
        return self.ask("/goog/cdp/execute", {"cmd": command, "params": parameters})


def looked(driver: Driver, view: dict[str, Any]) -> dict[str, Any]:
    dark = "dark" if view.get("dark") else "light"
    size = {"width": view["width"], "height": HEIGHT, "deviceScaleFactor": 1, "mobile": view["width"] < 600}
    driver.tool("Emulation.setDeviceMetricsOverride", **size)
    driver.tool("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": dark}])
    found = driver.ask("/execute/sync", {"script": MEASURE, "args": []})
    area = {"x": 0, "y": 0, "width": view["width"], "height": min(found["height"], 16000), "scale": 1}
    shot = driver.tool("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=area)
    return {**found, "picture": shot["data"]}


def main(page: str) -> None:
    views = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as folder:
        driver = Driver(folder)
        try:
            driver.ask("/url", {"url": Path(page).resolve().as_uri()})
            json.dump([looked(driver, view) for view in views], sys.stdout)
        finally:
            driver.process.terminate()
            driver.process.wait()


if __name__ == "__main__":
    main(sys.argv[1])
