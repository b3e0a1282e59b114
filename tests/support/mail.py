"""A small SMTP server on this machine that keeps what it is given."""

import email
import email.policy
import socketserver
import threading


class MailSink(socketserver.ThreadingTCPServer):
    """Use as a context. `mails` are parsed; `away`: how many mails it still turns down with 451."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Talk)
        self.mails, self.away, self.refused = [], 0, 0
        self.url = f"smtp://127.0.0.1:{self.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def to(self, address):
        return [mail for mail in self.mails if str(mail["To"]).strip("<>") == address]


class Talk(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self):
        self.say("220 sink")
        while line := self.rfile.readline():
            verb = line.split()[0].upper() if line.split() else b""
            if verb in (b"EHLO", b"HELO"):
                self.say("250 sink")
            elif verb == b"DATA":
                self.take()
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            elif verb in (b"MAIL", b"RCPT", b"RSET"):
                self.say("250 ok")
            else:
                self.say("502 what?")

    def take(self):
        if self.server.away:
            self.server.away -= 1
            self.server.refused += 1
            self.say("451 later")
            return
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        self.server.mails.append(email.message_from_bytes(b"".join(lines), policy=email.policy.default))
        self.say("250 kept")
