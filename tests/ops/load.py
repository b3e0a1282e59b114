"""Steady load on a server, and what became of each request."""

import http.client
import json
import threading
import time


class Load:
    """Sends `calls` (method, path, JSON or None) in turn, `rate` a second, until `stop`. Each
    request has a connection of its own, as from as many clients; an answer is good below 400."""

    def __init__(self, port, headers, calls, rate, threads=24):
        self.port, self.headers, self.calls = port, headers, calls
        self.lost, self.times, self.by_method = [], [], {}
        self.lock = threading.Lock()
        self.done = threading.Event()
        self.number = 0
        self.begin = time.monotonic()
        self.rate = rate
        self.threads = [threading.Thread(target=self.work, daemon=True) for _ in range(threads)]

    def next_turn(self):
        """Number of the next request, at its time."""
        with self.lock:
            number, self.number = self.number, self.number + 1
        wait = self.begin + number / self.rate - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        return number

    def work(self):
        while not self.done.is_set():
            method, path, body = self.calls[self.next_turn() % len(self.calls)]
            start = time.monotonic()
            try:
                problem = self.send(method, path, body)
            except (OSError, http.client.HTTPException) as error:
                problem = repr(error)
            with self.lock:
                self.times.append(time.monotonic() - start)
                self.by_method[method] = self.by_method.get(method, 0) + 1
                if problem:
                    self.lost.append((round(start - self.begin, 2), method, path, problem))

    def send(self, method, path, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            text = json.dumps(body) if body is not None else None
            headers = dict(self.headers, **({"Content-Type": "application/json"} if text else {}))
            connection.request(method, path, text, headers)
            answer = connection.getresponse()
            content = answer.read()
            return "" if answer.status < 400 else f"{answer.status} {content[:200]!r}"
        finally:
            connection.close()

    def __enter__(self):
        self.begin = time.monotonic()
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        for thread in self.threads:
            thread.join(40)
        self.seconds = time.monotonic() - self.begin

    def percentile(self, share):
        ordered = sorted(self.times)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0
