"""A CSV file of 12 mixed columns, about as many megabytes as asked; the same size and seed give the same bytes.

Columns: key, two integers, three reals, date, timestamp, two short texts (one with a comma in it), boolean, free text
with commas, quotes and line ends. A fifth of the rows misses one cell, 2 % of every column but key and text.
"""
import datetime
import random
import sys

WORDS = ("alpha beta gamma delta invoice order ship late customer refund box blue green red paris lyon berlin madrid "
         "quick slow café niño straße urgent note please call back return damaged item missing part size large small "
         "medium paid unpaid pending").split()
GROUPS = ["tools", "garden", "toys", "books", "food", "sport", "auto", "health", "music", '"home, office"', "pets",
          "other"]
HEADER = "id,qty,stock,price,score,lat,order_date,updated_at,country,category,active,comment\n"
POOL = 1 << 16
DAYS = 2192


def sentence(source):
    """Three to twenty-four words; some need quotes."""
    words = [WORDS[source.randrange(len(WORDS))] for _ in range(3 + source.randrange(22))]
    kind = source.random()
    text = " ".join(words)
    if kind < 0.10:
        return '"' + text.replace(" ", ", ", 2) + '"'
    if kind < 0.13:
        return '"' + text.replace(" ", ' ""', 1).replace(" ", '"" ', 1) + '"'
    if kind < 0.14:
        return '"' + text.replace(" ", "\n", 1) + '"'
    return text


def pools(source):
    """Cells to draw from, column by column."""
    first = datetime.date(2019, 1, 1)
    days = [(first + datetime.timedelta(days=i)).isoformat() for i in range(DAYS)]
    countries = [chr(65 + i // 26 * 7) + chr(65 + i % 26) for i in range(40)]
    price = ["%.2f" % source.lognormvariate(3, 1) for _ in range(POOL)]
    score = ["%.6f" % source.gauss(0, 1) for _ in range(POOL)]
    lat = ["%.5f" % source.uniform(-90, 90) for _ in range(POOL)]
    stock = [str(source.randrange(-50000, 50001)) for _ in range(POOL)]
    country = [countries[min(39, int(source.expovariate(0.15)))] for _ in range(POOL)]
    group = [GROUPS[min(11, int(source.expovariate(0.4)))] for _ in range(POOL)]
    text = [sentence(source) for _ in range(POOL)]
    return days, price, score, lat, stock, country, group, text


def row_of(number, bits, cells):
    """Row `number`; its cells are drawn by groups of the 128 bits."""
    days, price, score, lat, stock, country, group, text = cells
    mask = POOL - 1
    clock = ((bits >> 70) % 24, (bits >> 76) % 60, (bits >> 83) % 60)
    return [
        "K%010x" % ((number * 2654435761) & 0xFFFFFFFFFF),
        str(bits & 1023) if (bits & 1023) < 1000 else str(bits & 511),
        stock[(bits >> 10) & mask],
        price[(bits >> 20) & mask],
        score[(bits >> 30) & mask],
        lat[(bits >> 40) & mask],
        days[((bits >> 50) & mask) % DAYS],
        "%s %02d:%02d:%02d" % (days[((bits >> 56) & mask) % DAYS], *clock),
        country[(bits >> 90) & mask],
        group[(bits >> 96) & mask],
        "true" if (bits >> 112) & 3 else "false",
        text[(bits >> 104) & mask],
    ]


def generate(path, megabytes, seed=42):
    """Writes the file and returns its number of rows."""
    source = random.Random(seed)  # nosec B311: test data
    cells = pools(source)
    rows = 0
    size = len(HEADER)
    with open(path, "w", encoding="utf-8", newline="") as out:
        out.write(HEADER)
        while size < megabytes * 1_000_000:
            lines = []
            for _ in range(5000):
                rows += 1
                row = row_of(rows, source.getrandbits(128), cells)
                hole = source.getrandbits(64)
                if hole & 0xFFFF < 13107:
                    row[1 + (hole >> 16) % 10] = ""
                lines.append(",".join(row))
            text = "\n".join(lines) + "\n"
            out.write(text)
            size += len(text.encode())
    return rows


if __name__ == "__main__":
    print(generate(sys.argv[1], float(sys.argv[2])))
