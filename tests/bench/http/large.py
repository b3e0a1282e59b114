"""How much the server's memory grows while a file of 1 GB comes in."""
import http.client
import os
import re
import subprocess
import time
import uuid

GIGABYTE = 10**9
GROWTH_MB = 64


def peak_mb(pid):
    """Most memory that was resident so far."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read())[1]) / 1e3


def body(path, mark):
    yield (f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="large.csv"\r\n'
           f"Content-Type: text/csv\r\n\r\n").encode()
    with open(path, "rb") as file:
        piece = file.read()
    for _ in range(GIGABYTE // len(piece)):
        yield piece
    yield f"\r\n--{mark}--\r\n".encode()


def main(program, server, folder, csv):
    data = ["--data-dir", folder]
    subprocess.run([program, "user", "add", "bench", "--admin", "--password-stdin", *data],
                   input="correct horse battery staple\n", text=True, check=True, capture_output=True)
    token = subprocess.run([program, "token", "add", "bench", "--scope", "write", *data], text=True, check=True,
                           capture_output=True).stdout.split()[-1]
    settings = {"CSVA_LIMITS_UPLOAD_BYTES": str(2 * GIGABYTE), "CSVA_LIMITS_USER_BYTES": str(4 * GIGABYTE),
                "CSVA_JOBS_LOCAL_WORKERS": "0"}
    command = [program, "serve", "--listen", "127.0.0.1:8245", *data]
    with server(command, folder, settings, "http://127.0.0.1:8245/health/ready") as (pid, _):
        before, mark, began = peak_mb(pid), uuid.uuid4().hex, time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", 8245, timeout=120)
        connection.request("POST", "/api/upload-csv/", body(csv, mark), {
            "Authorization": "Bearer " + token, "Content-Type": "multipart/form-data; boundary=" + mark},
            encode_chunked=True)
        answer = connection.getresponse()
        seconds, growth = time.monotonic() - began, peak_mb(pid) - before
    stored = sum(os.path.getsize(os.path.join(at, name)) for at, _, names in os.walk(folder + "/blobs")
                 for name in names)
    good = answer.status == 201 and growth < GROWTH_MB and stored > 0.98 * GIGABYTE
    print(f"{'reached' if good else 'MISSED':8} 1 GB upload: {answer.status} in {seconds:.1f} s, {stored / 1e9:.2f} GB "
          f"stored, memory grew by {growth:.1f} MB  goal < {GROWTH_MB} MB")
    return 0 if good else 1
