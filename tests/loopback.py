"""For clients of servers on this machine, which need no certificates: to read them takes longer than most tests."""

import ssl
from typing import Final

NO_CERTIFICATES: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
