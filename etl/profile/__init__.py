"""What an unknown file holds and how it is to be read: a draft mapping, and a question wherever the file is not clear.

Nothing here is loaded. What the bytes prove is drafted; what they leave open is asked with an example, never guessed.
"""

from __future__ import annotations
