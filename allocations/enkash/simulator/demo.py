"""Demo credentials. EnKash never issued them; they open the simulator and nothing else."""

from typing import Final

USERNAME: Final = "9000000001"
PASSWORD: Final = "simulator-demo"  # noqa: S105 - a demo value, not a secret
PARTNER_ID: Final = "CRDEMO001"
COMPANY_ID: Final = "CEKDEMO001"
COMPANY_NAME: Final = "Demo Company (simulator)"
CARD_ACCOUNT_ID: Final = "CADEMO1"
SECOND_CARD_ACCOUNT_ID: Final = "CADEMO2"
CLIENT_ID: Final = COMPANY_ID
CLIENT_SECRET: Final = "decaf00000" * 4
ENCRYPTION_KEY: Final = "simulator-demo-key"
BALANCE: Final = 10_000_000
