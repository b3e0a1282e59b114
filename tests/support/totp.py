"""What an authenticator on a telephone computes (RFC 6238), independent of the program's own code."""

import base64
import hashlib
import hmac
import time


def code(secret, step=0):
    """Of the current 30 seconds, or so many steps away from them."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    counter = int(time.time()) // 30 + step
    mac = hmac.new(key, counter.to_bytes(8, "big"), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(int.from_bytes(mac[at:at + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


def another_step(secret, used):
    """A code that is good now and was not used: of the step before, now, or after."""
    return next(c for c in (code(secret, step) for step in (0, 1)) if c not in used)
