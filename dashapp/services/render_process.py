"""The browser's own process: orders on standard input, images and PDF on standard output, one after the other.

Started by dashapp/services/render.py. Ends when that process does, and by itself when idle: a browser holds 500 MB.
"""

from __future__ import annotations

import asyncio
import base64
import os
import struct
import sys
import threading
from typing import Any, BinaryIO

import orjson
from kaleido import Kaleido

IDLE_SECONDS = 600.0
CLOSE_SECONDS = 5.0
"A browser that does not close in time is left to notice that its pipe is gone."
DRAW_SECONDS = 25.0

SHEET = {
    "printBackground": True,
    "preferCSSPageSize": True,
    "generateTaggedPDF": True,
    "generateDocumentOutline": True,
    "displayHeaderFooter": True,
    "headerTemplate": "<span></span>",
}
"How Chromium prints: the page's own paper and margins, structure for screen readers, a foot on every sheet."

_LENGTH = struct.Struct(">Q")


def main() -> None:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing a library prints may end up between the images
    asyncio.run(_serve(answers))


async def _serve(answers: BinaryIO) -> None:
    orders: asyncio.Queue[bytes | None] = asyncio.Queue()
    threading.Thread(target=_listen, args=(asyncio.get_running_loop(), orders), daemon=True).start()
    async with Kaleido(n=1, timeout=DRAW_SECONDS, mathjax=False) as kaleido:
        while order := await _next(orders):
            answer = await _draw(kaleido, orjson.loads(order))
            answers.write(_LENGTH.pack(len(answer)) + answer)
            answers.flush()
        threading.Timer(CLOSE_SECONDS, os._exit, (0,)).start()
    os._exit(0)


async def _next(orders: asyncio.Queue[bytes | None]) -> bytes | None:
    """The next order; None when there will be no more."""
    try:
        return await asyncio.wait_for(orders.get(), IDLE_SECONDS)
    except TimeoutError:
        return None


async def _draw(kaleido: Any, order: dict[str, Any]) -> bytes:
    try:
        made: bytes = await (_image(kaleido, order) if "figure" in order else _print(kaleido, order))
    except Exception as error:  # noqa: BLE001 - the waiting request must be told, whatever it was
        return b"-" + f"{type(error).__name__}: {str(error)[:200]}".encode()
    return b"+" + made


async def _image(kaleido: Any, order: dict[str, Any]) -> bytes:
    image: bytes = await kaleido.calc_fig(order["figure"], opts=order["options"])
    return image


async def _print(kaleido: Any, order: dict[str, Any]) -> bytes:
    tab = await kaleido.create_tab("about:blank")
    try:
        return await asyncio.wait_for(_printed(tab, order), DRAW_SECONDS)
    finally:
        await kaleido.close_tab(tab)


async def _printed(tab: Any, order: dict[str, Any]) -> bytes:
    await _tell(tab, "Emulation.setScriptExecutionDisabled", {"value": True})
    tree = await _tell(tab, "Page.getFrameTree")
    frame = tree["frameTree"]["frame"]["id"]
    await _tell(tab, "Page.setDocumentContent", {"frameId": frame, "html": order["page"]})
    printed = await _tell(tab, "Page.printToPDF", SHEET | {"footerTemplate": order["footer"]})
    return base64.b64decode(printed["data"])


async def _tell(tab: Any, command: str, parameters: dict[str, Any] | None = None) -> dict[str, Any]:
    """The answer of the browser. Raises RuntimeError when it refuses."""
    answer = await tab.send_command(command, parameters)
    if "error" in answer:
        raise RuntimeError(f"{command}: {answer['error'].get('message', '')}")
    result: dict[str, Any] = answer["result"]
    return result


def _listen(loop: asyncio.AbstractEventLoop, orders: asyncio.Queue[bytes | None]) -> None:
    """Pass orders on. When the asking process is gone, its pipe ends, and so does this process even while drawing."""
    while head := sys.stdin.buffer.read(_LENGTH.size):
        (length,) = _LENGTH.unpack(head)
        loop.call_soon_threadsafe(orders.put_nowait, sys.stdin.buffer.read(length))
    loop.call_soon_threadsafe(orders.put_nowait, None)
    threading.Timer(CLOSE_SECONDS, os._exit, (0,)).start()


if __name__ == "__main__":
    main()
