"""As much of PDF as Chromium writes: objects, their streams, the text of each sheet through its fonts' code maps."""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)


def objects(content: bytes) -> dict[int, bytes]:
    """Every object by number; a compressed stream is unpacked behind its dictionary."""
    return {int(number): _unpacked(body) for number, body in _OBJECT.findall(content)}


def _unpacked(body: bytes) -> bytes:
    head, mark, rest = body.partition(b"stream\n")
    if not mark or b"/FlateDecode" not in head:
        return body
    return head + mark + zlib.decompress(rest.rpartition(b"\nendstream")[0])


def sheets(content: bytes) -> list[str]:
    """The text of every sheet, without spaces: Chromium sets them by moving."""
    known = objects(content)
    maps = {number: _codes(known, body) for number, body in known.items() if b"/ToUnicode" in body}
    found = []
    for body in known.values():
        if re.search(rb"/Type /Page\b(?!s)", body):
            fonts = {name: maps[int(n)] for name, n in re.findall(rb"/(F\d+) (\d+) 0 R", body) if int(n) in maps}
            drawn = int(re.search(rb"/Contents (\d+) 0 R", body)[1])
            found.append(_text(known[drawn], fonts))
    return found


def _codes(known: dict[int, bytes], font: bytes) -> dict[int, str]:
    """Glyph to text, from the font's code map."""
    cmap = known[int(re.search(rb"/ToUnicode (\d+) 0 R", font)[1])]
    codes: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, text in re.findall(rb"<(\w+)> <(\w+)>", block):
            codes[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, text in re.findall(rb"<(\w+)> <(\w+)> <(\w+)>", block):
            for step in range(int(last, 16) - int(first, 16) + 1):
                codes[int(first, 16) + step] = chr(int(text, 16) + step)
    return codes


def _text(stream: bytes, fonts: dict[bytes, dict[int, str]]) -> str:
    codes: dict[int, str] = {}
    said = []
    for name, shown in re.findall(rb"/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>", stream):
        if name:
            codes = fonts.get(name, {})
        else:
            said += [codes.get(int(shown[i : i + 4], 16), "") for i in range(0, len(shown), 4)]
    return "".join(said).replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
