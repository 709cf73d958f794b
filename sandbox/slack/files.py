"""Files on their way into the workspace, and those that have arrived."""

import secrets
from dataclasses import dataclass, field
from typing import Any

PNG = b"\x89PNG\r\n\x1a\n"


@dataclass
class File:
    """An upload: announced, then sent to its one-time address, then shared. `content` is None until it was sent."""

    id: str
    name: str
    length: int
    alt_text: str = ""
    title: str = ""
    content: bytes | None = None
    created: int = 0

    @property
    def mimetype(self) -> str:
        """What it is, by its content: a name proves nothing."""
        return "image/png" if (self.content or b"").startswith(PNG) else "application/octet-stream"

    def wire(self, base_url: str, user: str) -> dict[str, Any]:
        """The file as files.info and messages show it; `user` shared it."""
        suffix = self.name.rpartition(".")[2] if "." in self.name else "text"
        return {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title or self.name,
            "filetype": suffix,
            "pretty_type": suffix.upper(),
            "mimetype": self.mimetype,
            "alt_txt": self.alt_text,
            "user": user,
            "size": len(self.content or b""),
            "mode": "hosted",
            "is_external": False,
            "is_public": True,
            "url_private": f"{base_url}/files-pri/{self.id}",
            "url_private_download": f"{base_url}/files-pri/{self.id}",
            "permalink": f"{base_url}/files-pri/{self.id}",
        }


@dataclass
class Files:
    """Every file of the workspace by its id, and the addresses that still take an upload."""

    known: dict[str, File] = field(default_factory=dict)
    waiting: dict[str, File] = field(default_factory=dict)

    def announce(self, name: str, length: int, alt_text: str, now: int) -> tuple[str, File]:
        """A new file, and the token of the address that takes its content."""
        file = File("F" + secrets.token_hex(5).upper(), name, length, alt_text, created=now)
        token = secrets.token_urlsafe(18)
        self.known[file.id] = self.waiting[token] = file
        return token, file

    def receive(self, token: str, content: bytes) -> bool:
        """Take a file's content; False when the address is spent, or the length is not the one announced."""
        file = self.waiting.get(token)
        if file is None or len(content) != file.length:
            return False
        del self.waiting[token]
        file.content = content
        return True
