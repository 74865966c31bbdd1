"""The peer of the board part: DuckDB over the CSV files of a folder, asked the questions in its `questions.json`.

Prints one JSON object: what was set up, and by way (`live`, `pre-joined`) and kind the times in milliseconds and the answers.
"""

import json
import resource
import sys
import time

import duckdb

TABLES = ["User", "Role", "Profile", "License", "PermissionSet", "Assignment", "Login", "Person"]
COLUMNS = """Name, Username, Email, IsActive, Department, Title, UserType, Country, City, CreatedDate, Cost, Role, License, Sets,
    SetCount, LastLogin, LoginCount, PersonStatus, PersonDepartment, PersonMatch"""
BOARD = """
    select u.*, lower(trim(u.Email)) EmailKey, r.Name Role, l.Name License, a.Sets, coalesce(a.SetCount, 0) SetCount, g.LastLogin,
        coalesce(g.LoginCount, 0) LoginCount, p.Status PersonStatus, p.Department PersonDepartment,
        case when p.Id is null then 'no match' else 'same e-mail address' end PersonMatch
    from "User" u
    left join Role r on r.Id = u.RoleId
    left join Profile f on f.Id = u.ProfileId
    left join License l on l.Id = f.LicenseId
    left join (
        select a.UserId, list(s.Label order by a.Id)[1:10] Sets, count(*) SetCount
        from Assignment a join PermissionSet s on s.Id = a.PermissionSetId group by 1
    ) a on a.UserId = u.Id
    left join (
        select UserId, max(LoginTime) filter (where Status = 'Success') LastLogin, count(*) LoginCount from Login group by 1
    ) g on g.UserId = u.Id
    left join Person p on lower(trim(p.Mail)) = lower(trim(u.Email))"""
# Those in which the board looks for words.
TEXTS = """Name Username Email Department Title UserType Country City Role License PersonStatus PersonDepartment""".split()


def rows(db, board, where, order, values, offset=0):
    """A page and the number of all rows that match."""
    page = db.execute(f"select Id, {COLUMNS} from {board} {where} order by {order} limit 50 offset {offset}", values).fetchall()
    total = db.execute(f"select count(*) from {board} {where}", values).fetchone()[0]
    return {"total": total, "rows": [[[] if at == 14 and cell is None else cell for at, cell in enumerate(row)] for row in page]}


def page(db, board, asked):
    where = """where IsActive and License in ($first, $second)
        and (LastLogin < $before or LastLogin is null or PersonStatus = 'Suspended')"""
    first, second = asked["licenses"]
    return rows(db, board, where, "LastLogin nulls last, Id", {"first": first, "second": second, "before": asked["before"]})


def sort(db, board, asked):
    return rows(db, board, "", f"EmailKey {'desc' if asked['descending'] else 'asc'}, Id", {})


def search(db, board, asked):
    found = " or ".join(f"contains(lower({column}), $word)" for column in TEXTS)
    return rows(db, board, f"where {found}", "Id", {"word": asked["word"]})


def later(db, board, asked):
    order = f"LastLogin {'desc' if asked['descending'] else 'asc'} nulls last, Id"
    return rows(db, board, "", order, {}, asked["offset"])


def group(db, board, asked):
    """The largest ninety-nine, those without a role, and how many groups and rows are left out."""
    groups = db.execute(f"select Role, count(*), sum(Cost) from {board} group by 1 order by 2 desc, lower(Role)").fetchall()
    known = [group for group in groups if group[0] is not None]
    unknown = [group for group in groups if group[0] is None]
    shown = [[title, count, [float(total)]] for title, count, total in known[:99] + unknown]
    return {"groups": shown, "left_out": [len(known[99:]), sum(count for _, count, _ in known[99:])]}


def timed(ask, db, board, questions):
    """Once to warm up, then each."""
    ask(db, board, questions[0])
    milliseconds, answers = [], []
    for question in questions:
        begun = time.perf_counter()
        answers.append(ask(db, board, question))
        milliseconds.append((time.perf_counter() - begun) * 1000)
    return {"milliseconds": milliseconds, "answers": answers}


def main():
    folder = sys.argv[1]
    with open(f"{folder}/questions.json", encoding="utf-8") as file:
        asked = json.load(file)
    db = duckdb.connect()
    # As many as ours has at the most; the order of rows is asked for where it matters.
    db.execute("set threads = 2; set preserve_insertion_order = false")
    begun = time.perf_counter()
    for table in TABLES:
        db.execute(f'create table "{table}" as select * from read_csv(\'{folder}/{table}.csv\')')
    loaded = time.perf_counter()
    db.execute(f'create view "live" as {BOARD}')
    db.execute(f'create table "pre-joined" as {BOARD}')
    joined = time.perf_counter()
    said = {}
    for way, count in asked["ways"].items():
        said[way] = {
            ask.__name__: timed(ask, db, f'"{way}"', asked["questions"][ask.__name__][:count])
            for ask in [page, sort, search, group, later]
        }
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    said["about"] = (
        f"DuckDB {duckdb.__version__}, 2 threads: loaded in {loaded - begun:.1f} s, joined beforehand in {joined - loaded:.1f} s, "
        f"peak {megabytes} MiB"
    )
    print(json.dumps(said))


main()
