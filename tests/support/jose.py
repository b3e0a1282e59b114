"""Keys and signed tokens as an identity provider makes them (RFC 7515 to 7518), in plain Python: another implementation than
the program's."""

import base64
import hashlib
import hmac
import json
import secrets

SMALL = [n for n in range(3, 2000, 2) if all(n % d for d in range(3, int(n**0.5) + 1, 2))]


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(n, size=None):
    return b64(n.to_bytes(size or (n.bit_length() + 7) // 8, "big"))


def is_prime(n):
    if any(n % p == 0 for p in SMALL):
        return False
    odd, twos = n - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(8):
        x = pow(secrets.randbelow(n - 3) + 2, odd, n)
        if x in (1, n - 1):
            continue
        for _ in range(twos - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def prime(bits):
    while True:
        n = secrets.randbits(bits) | (3 << (bits - 2)) | 1
        if n % 65537 != 1 and is_prime(n):
            return n


class RsaKey:
    algorithm = "RS256"

    def __init__(self, kid, bits=2048):
        self.kid = kid
        p, q = prime(bits // 2), prime(bits // 2)
        self.n, self.d = p * q, pow(65537, -1, (p - 1) * (q - 1))

    def jwk(self):
        return {"kty": "RSA", "kid": self.kid, "use": "sig", "alg": "RS256", "n": number(self.n), "e": number(65537)}

    def sign(self, text):
        size = (self.n.bit_length() + 7) // 8
        info = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(text).digest()
        padded = b"\0\1" + b"\xff" * (size - 3 - len(info)) + b"\0" + info
        return pow(int.from_bytes(padded, "big"), self.d, self.n).to_bytes(size, "big")


P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
     0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)


def added(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % P == 0:
        return None
    slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, P) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def times(k, point=G):
    out = None
    while k:
        if k & 1:
            out = added(out, point)
        point, k = added(point, point), k >> 1
    return out


class EcKey:
    algorithm = "ES256"

    def __init__(self, kid):
        self.kid, self.d = kid, secrets.randbelow(N - 1) + 1

    def jwk(self):
        x, y = times(self.d)
        return {"kty": "EC", "crv": "P-256", "kid": self.kid, "x": number(x, 32), "y": number(y, 32)}

    def sign(self, text):
        z, k = int.from_bytes(hashlib.sha256(text).digest(), "big"), secrets.randbelow(N - 1) + 1
        r = times(k)[0] % N
        s = pow(k, -1, N) * (z + r * self.d) % N
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


class SharedSecret:
    """What must not be believed: a signature with something that is public."""

    algorithm = "HS256"

    def __init__(self, kid, secret):
        self.kid, self.secret = kid, secret

    def sign(self, text):
        return hmac.new(self.secret, text, hashlib.sha256).digest()


def token(claims, key, **header):
    """`header`: what stands in it beside or in place of algorithm and key id."""
    head = {"alg": key.algorithm, "kid": key.kid, "typ": "JWT"} | header
    text = ".".join(b64(json.dumps({k: v for k, v in part.items() if v is not None}).encode()) for part in (head, claims))
    signature = b"" if head["alg"] == "none" else key.sign(text.encode())
    return f"{text}.{b64(signature)}"
