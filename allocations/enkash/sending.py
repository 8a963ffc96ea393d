"""One business call: its headers, its sealing, and nothing decided about what comes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from allocations.enkash.auth import Token
from allocations.enkash.config import Encryption, EnkashConfig
from allocations.enkash.envelope import seal
from allocations.enkash.transport import RawAnswer, Transport

BASE: Final = "/api/v0/partner/enKashCard"


@dataclass(frozen=True, slots=True)
class Sender:
    """Posts to the partner API."""

    config: EnkashConfig
    transport: Transport

    def send(
        self, path: str, body: bytes, *, token: Token, deadline: float, params: Mapping[str, str] | None = None
    ) -> RawAnswer:
        """The raw answer to one POST, made once. `path` follows BASE; see Transport.post for what it raises."""
        config = self.config
        return self.transport.post(
            f"{config.api_url}{BASE}{path}",
            headers={
                "Authorization": f"{config.auth_scheme} {token.value}".strip(),
                "partnerId": config.partner_id,
                "Content-Type": "application/json",
                "Accept": "application/json",
            },
            params=params,
            body=body if config.encryption is Encryption.OFF else seal(body, config.encryption_key),
            deadline=deadline,
        )
