"""How fast simple-salesforce reads an org, and what memory that takes. Prints one line of JSON.

SALESFORCE_URL and SALESFORCE_TOKEN say where and as whom. With `--bulk` by Bulk API 2.0 instead of by pages of queries. Rows are counted and
dropped: what is measured is reading, not keeping.
"""

import csv
import io
import json
import resource
import sys
import time
from pathlib import Path

import org

BULK = "--bulk" in sys.argv[1:]


def rows_of(sf, name, soql):
    """Every row of an object, one after the other."""
    if not BULK:
        yield from sf.query_all_iter(soql)
        return
    for page in getattr(sf.bulk2, name).query(soql, wait=0.1):
        yield from csv.DictReader(io.StringIO(page))


def measure(sf):
    """Rows, seconds and rows a second of each object."""
    figures = {}
    for name, fields in json.loads(Path(__file__).with_name("objects.json").read_text()).items():
        began = time.perf_counter()
        rows = sum(1 for _ in rows_of(sf, name, f"SELECT {fields} FROM {name}"))
        seconds = time.perf_counter() - began
        figures[name] = {"rows": rows, "seconds": round(seconds, 3), "rows_per_second": round(rows / seconds)}
    return figures


def cpu_seconds():
    """Processor time of this process so far, its own and the kernel's for it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


client = org.with_token()
cpu_before = cpu_seconds()
objects = measure(client)
cpu = cpu_seconds() - cpu_before
rows, seconds = (sum(figures[key] for figures in objects.values()) for key in ("rows", "seconds"))
# Linux counts it in KiB.
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({
    "client": "simple-salesforce",
    "bulk": BULK,
    "rows": rows,
    "seconds": round(seconds, 3),
    "cpu_seconds": round(cpu, 3),
    "rows_per_second": round(rows / seconds),
    "peak_rss_mib": round(peak, 1),
    "objects": objects,
}))
